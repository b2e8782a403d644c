"""Money over years: present value at a hurdle rate, payback.

Net present value, not the internal rate of return: that can have several roots, and ranks projects of different size
wrongly (Hirshleifer 1958). Convention: what is paid once is paid today; what comes each year comes at
its end, and of a last part of a year at the end of that part. The rate is per year and compounds.
"""

import math


def annuity(rate: float, years: float) -> float:
    """Return what one unit a year for so many years is worth today.

    Parameters
    ----------
    rate : per year, 0 or more.
    years : 0 or more; a part of a year brings that part of the unit, at its end.

    >>> round(annuity(0.08, 3), 10)  # 1/1.08 + 1/1.08^2 + 1/1.08^3
    2.5770969872
    >>> annuity(0.0, 2.5)
    2.5
    """
    whole = math.floor(years)
    part = years - whole
    # expm1 and log1p: no digit is lost at rates near zero.
    log = math.log1p(rate)
    full = float(whole) if rate == 0.0 else -math.expm1(-whole * log) / rate
    return full + part * math.exp(-years * log)


def net_present_value(yearly: float, once: float, rate: float, years: float) -> float:
    """Return the present value of a yearly amount less what is paid once, today.

    >>> round(net_present_value(100_000.0, 120_000.0, 0.08, 3), 2)
    137709.7
    """
    return yearly * annuity(rate, years) - once


def payback(yearly: float | None, once: float) -> float | None:
    """Return the years after which an even stream has paid back what was paid once, undiscounted; None where never.

    >>> payback(60_000.0, 120_000.0), payback(-1.0, 120_000.0), payback(-1.0, 0.0)
    (2.0, None, 0.0)
    """
    if once <= 0.0:
        return 0.0
    if yearly is None or yearly <= 0.0:
        return None
    return once / yearly
