// Package tag is what people and rules say of stored posts: it sets tags and takes
// them away, and corrects what the analysis says, on some posts at once, or on all
// that a query selects, in the background. Rules set tags only.
//
// It guarantees:
//
//   - A tag is said by somebody (a person or a rule) at a time, as an annotation of
//     the archive; posts stay as they came. Search, mentions, counts and exports
//     follow, also after edits by the network.
//
//   - A run over many posts says how far it is, can be paused and cancelled, goes on
//     after a restart where it stood, and can be undone: each post is then as if it
//     had never been, what others said since included.
//
//   - A rule says a tag of a post once. Who takes the tag away wins.
//
//   - A correction holds whatever the analysis says, then or later, until another
//     one or its undoing; what the analysis says is kept beside it.
//
// It refuses tags without a visible character, and more than a hundred on a post.
package tag
