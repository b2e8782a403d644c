# Concordance of outcome and score by R's survival on 1,000 tables of tied scores, with case weights and without.
# Writes survival.csv beside itself: rows (p, n) and their weights (v, w) at scores 0 to 15, by outcome, then the numbers:
# the weighted concordance, the plain one, and the infinitesimal-jackknife variance of the plain one.
suppressPackageStartupMessages(library(survival))
set.seed(20261126)

one <- function(number) {
  positives <- sample(3:60, 1)
  negatives <- sample(3:60, 1)
  shift <- runif(1, -2, 6)
  draw <- function(size, centre) pmin(15, pmax(0, round(rnorm(size, centre, 3))))
  score <- c(draw(positives, 7 + shift), draw(negatives, 7))
  outcome <- rep(c(1, 0), c(positives, negatives))
  weight <- sample(1:5, positives + negatives, replace = TRUE)
  plain <- concordance(outcome ~ score)
  weighted <- concordance(outcome ~ score, weights = weight)
  counts <- function(label) tabulate(score[outcome == label] + 1, 16)
  weights <- function(label) vapply(0:15, function(at) sum(weight[outcome == label & score == at]), 0)
  found <- c(weighted$concordance, plain$concordance, plain$var)
  c(counts(1), counts(0), weights(1), weights(0), sprintf("%.15g", found))
}

rows <- t(vapply(1:1000, one, character(67)))
colnames(rows) <- c(
  paste0("p", 0:15), paste0("n", 0:15), paste0("v", 0:15), paste0("w", 0:15), "weighted", "plain", "variance"
)
write.csv(rows, "survival.csv", row.names = FALSE, quote = FALSE)
