// Package topic finds what posts are about: the words and phrases that say it,
// groups of posts that say the same, and what sets one group apart from the rest.
//
//   - A Reader takes a post's terms (hashed, for comparing) and its keyphrases
//     (one to three words between stop words; in scripts written without spaces
//     runs of characters), scored after YAKE (Campos et al. 2020).
//   - A Model sorts posts into groups as they come: TF-IDF of hashed terms with a
//     document frequency that fades, the nearest centroid if it is near enough,
//     else a group of its own. Centroids fade by half in three days; groups that
//     have become alike are merged when it is asked to.
//   - A Corpus counts phrases, and Distinct gives those that one says more than
//     another: log-odds with an informative Dirichlet prior (Monroe, Colaresi and
//     Quinn 2008), used by at least three people.
//
// Everything is deterministic: the same posts in the same order give the same
// groups, also where a Model was written down and read again in between. All of it
// is bounded: a text of any length costs no more than a long post, a Model holds at
// most MaxGroups groups of MaxTerms terms.
//
// It knows no language but by its stop words, does not stem (long words are compared
// by their beginnings), and does not understand anything: phrases are hints, which
// is why people can give a topic another name.
package topic
