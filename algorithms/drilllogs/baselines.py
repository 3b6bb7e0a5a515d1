"""The plain text classifier that the transformer has to beat: TF-IDF with logistic regression."""
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

WORDS = r"[^\W_]+|[%$]"


def tfidf_classifier(strength=10.0, balanced=False):
    """Words, pairs of words and letter groups of two to five, weighted by TF-IDF, into logistic regression.

    Parameters
    ----------
    strength : float
        Inverse of the penalty (scikit-learn's C).
    balanced : bool
        Whether rare classes count as much as common ones.

    Returns
    -------
    sklearn.pipeline.Pipeline
        With ``fit(texts, classes)`` and ``predict_proba(texts)``.
    """
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORDS),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True))
    weights = "balanced" if balanced else None
    return make_pipeline(features, LogisticRegression(C=strength, max_iter=300, class_weight=weights))


def tfidf_predict(texts, classes, others, strength=10.0, balanced=False):
    """The class that the classifier trained on ``texts`` gives each of ``others``.

    Parameters
    ----------
    texts, others : list of str
    classes : array, shape (n,)

    Returns
    -------
    array, shape (m,)
    """
    classes = np.asarray(classes)
    if len(np.unique(classes)) < 2:
        return np.repeat(classes[:1], len(others))
    return tfidf_classifier(strength, balanced).fit(texts, classes).predict(others)
