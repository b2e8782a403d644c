# Means of money by R's boot on 1,000 tables: influence values of the plain mean, and the jackknife of a weighted one.
# Writes boot.csv beside itself: 12 weights (w) and 12 amounts (x), then the plain mean, its variance and third cumulant by
# influence values (var.linear, k3.linear; exact at any step, a mean being linear), the weighted mean, and its jackknife's variance.
suppressPackageStartupMessages(library(boot))
set.seed(20261127)

plain <- function(rows, share) sum(share * rows$x) / sum(share)
weighted <- function(rows, share) sum(share * rows$w * rows$x) / sum(share * rows$w)

one <- function(number) {
  rows <- data.frame(w = sample(1:5, 12, replace = TRUE), x = sample(-50:50, 12, replace = TRUE))
  influence <- empinf(data = rows, statistic = plain, stype = "w", type = "inf", eps = 0.5)
  jackknife <- empinf(data = rows, statistic = weighted, stype = "w", type = "jack")
  all <- rep(1 / 12, 12)
  numbers <- c(
    plain(rows, all), var.linear(influence), k3.linear(influence), weighted(rows, all), var(jackknife) / 12
  )
  c(rows$w, rows$x, sprintf("%.15g", numbers))
}

rows <- t(vapply(1:1000, one, character(29)))
colnames(rows) <- c(
  paste0("w", 0:11), paste0("x", 0:11), "mean", "variance", "third", "weighted", "jackknife"
)
write.csv(rows, "boot.csv", row.names = FALSE, quote = FALSE)
packages <- c("survival", "boot")
versions <- vapply(packages, function(name) as.character(packageVersion(name)), "")
writeLines(paste(packages, versions), "recommended_versions.txt")
