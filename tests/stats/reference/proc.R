# AUC, DeLong's variance and its plain interval by R's pROC on 1,000 tables of tied scores.
# Writes proc.csv beside itself: counts of positives (p) and negatives (n) at scores 0 to 15, then pROC's numbers.
suppressPackageStartupMessages(library(pROC))
set.seed(20261124)

one <- function(number) {
  positives <- sample(3:60, 1)
  negatives <- sample(3:60, 1)
  shift <- runif(1, -2, 6)
  draw <- function(size, centre) pmin(15, pmax(0, round(rnorm(size, centre, 3))))
  score <- c(draw(positives, 7 + shift), draw(negatives, 7))
  outcome <- rep(c(1, 0), c(positives, negatives))
  curve <- roc(outcome, score, levels = c(0, 1), direction = "<", quiet = TRUE)
  bounds <- as.numeric(ci.auc(curve, method = "delong"))
  counts <- function(label) tabulate(score[outcome == label] + 1, 16)
  found <- c(as.numeric(auc(curve)), var(curve, method = "delong"), bounds[1], bounds[3])
  c(counts(1), counts(0), sprintf("%.15g", found))
}

rows <- suppressWarnings(t(vapply(1:1000, one, character(36))))
colnames(rows) <- c(paste0("p", 0:15), paste0("n", 0:15), "auc", "variance", "low", "high")
write.csv(rows, "proc.csv", row.names = FALSE, quote = FALSE)
versions <- c(R = paste(R.version$major, R.version$minor, sep = "."), pROC = as.character(packageVersion("pROC")))
writeLines(paste(names(versions), versions), "versions.txt")
