"""Public tables as they come: `chainrule fit` with its defaults beside scikit-learn's MLP with its defaults.

usage: CHAINRULE_DATA=FOLDER tables.py CHAINRULE [SET,...] [FLAG ...]

CHAINRULE is the built command, and the flags are for its `fit`, such as --validation 0.1 --restarts 1, which trains one
network. Both see the same five folds: each is trained on four of them and scored on the fifth.
scikit-learn has its usual pipeline: medians and standardised numbers, frequent categories one-hot, a standardised target,
MLPRegressor or MLPClassifier. The columns that scikit-learn can not use (names, tickets, identifiers) are taken away for
it by hand; `chainrule` finds that out by itself. Times are of the fits, reading and writing of files included for
`chainrule`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
DATA = os.path.join(os.environ["CHAINRULE_DATA"], "data")

# name: file, separator, target, what leaks and nobody may see, what scikit-learn has to be spared
SETS = {
    "california": ("california-housing/housing.csv", ",", "median_house_value", [], []),
    "ames": ("ames-housing/AmesHousing.txt", "\t", "SalePrice", [], ["Order", "PID"]),
    "auto-mpg": ("auto-mpg/mpg.csv", ",", "mpg", [], ["name"]),
    "titanic": ("titanic/titanic-seaborn.csv", ",", "survived", ["alive"], []),
    "penguins": ("penguins/penguins-seaborn.csv", ",", "species", [], []),
}


def scikit_learn(train, test, target, is_class, spared):
    x = train.drop(columns=[target, *spared])
    numbers = x.select_dtypes("number").columns
    words = [name for name in x.columns if name not in set(numbers)]
    encode = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), list(numbers)),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)
                ),
                words,
            ),
        ]
    )
    for name in words:
        x[name] = x[name].astype(object)
        test = test.assign(**{name: test[name].astype(object)})
    start = time.perf_counter()
    if is_class:
        model = make_pipeline(encode, MLPClassifier(random_state=0)).fit(x, train[target])
        score = (model.predict(test.drop(columns=[target, *spared])) == test[target]).mean()
    else:
        inner = make_pipeline(encode, MLPRegressor(random_state=0))
        model = TransformedTargetRegressor(inner, transformer=StandardScaler()).fit(x, train[target])
        score = np.sqrt(np.mean((model.predict(test.drop(columns=[target, *spared])) - test[target]) ** 2))
    return score, time.perf_counter() - start


def chainrule(command, flags, train, test, target, is_class):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("train.csv", "test.csv", "model.safetensors")]
        train.to_csv(paths[0], index=False)
        test.to_csv(paths[1], index=False)
        start = time.perf_counter()
        run = [command, "fit", paths[0], "--target", target, "--test", paths[1], "--out", paths[2], "--json", *flags]
        done = subprocess.run(run, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        evaluation = json.loads(done.stdout)["evaluation"]["targets"][0]
        coverage = evaluation["intervals"] and evaluation["intervals"]["coverage"]
        return evaluation["measures"]["accuracy" if is_class else "rmse"], coverage, seconds


def main():
    command = sys.argv[1]
    words = sys.argv[2:]
    sets = words.pop(0).split(",") if words and not words[0].startswith("-") else list(SETS)
    print("| table | measure | chainrule | seconds | coverage of 90 % | scikit-learn | seconds |")
    print("|---|---|---|---|---|---|---|")
    for name in sets:
        file, separator, target, leaks, spared = SETS[name]
        table = pd.read_csv(os.path.join(DATA, file), sep=separator).drop(columns=leaks)
        table = table.dropna(subset=[target])
        is_class = name in ("titanic", "penguins")
        folds = StratifiedKFold if is_class else KFold
        splits = folds(5, shuffle=True, random_state=0).split(table, table[target])
        ours, theirs = [], []
        for train, test in splits:
            train, test = table.iloc[train], table.iloc[test]
            ours.append(chainrule(command, words, train, test, target, is_class))
            theirs.append(scikit_learn(train, test, target, is_class, spared))
        digits = 4 if is_class else (0 if name in ("california", "ames") else 3)

        def told(scores):
            return f"{np.mean(scores):.{digits}f} ± {np.std(scores) / np.sqrt(5):.{digits}f}"

        coverages = [coverage for _, coverage, _ in ours if coverage]
        coverage = f"{100 * np.mean(coverages):.1f} %" if coverages else ""
        print(
            f"| {name} | {'accuracy' if is_class else 'RMSE'} | {told([s for s, *_ in ours])} "
            f"| {sum(t for *_, t in ours):.1f} | {coverage} | {told([s for s, _ in theirs])} "
            f"| {sum(t for _, t in theirs):.1f} |",
            flush=True,
        )


main()
