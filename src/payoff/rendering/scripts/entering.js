"use strict";

// Numbers as they are typed: with the decimal sign of the page's language, and nothing between thousands. The sign that
// one language puts there is another's decimal sign, so that what holds one is refused rather than misread.

const Entering = (() => {
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
  const APART = /^[+-]?\d[\d.,'’_\s]*\d(e[+-]?\d{1,3})?$/i;

  const signed = (text) => text.trim().replaceAll("−", "-");

  // The number that a text is in a language; null where it is none.
  function read(text, decimal) {
    const given = signed(text);
    if (decimal !== "." && given.includes(".")) return null;
    const plain = given.replace(decimal, ".");
    return NUMBER.test(plain) ? Number(plain) : null;
  }

  const isGrouped = (text, decimal) => read(text, decimal) === null && APART.test(signed(text));

  // A number as it would be typed, to ten digits.
  const typed = (value, decimal) => String(Number(value.toPrecision(10))).replace(".", decimal);

  return { read, isGrouped, typed };
})();
