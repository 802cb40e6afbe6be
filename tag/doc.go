// Package tag sets tags on stored posts and takes them away: on some posts at once,
// on all that a query selects, in the background, and by rules.
//
// It guarantees:
//
//   - A tag is said by somebody (a person or a rule) at a time, as an annotation of
//     the archive; posts stay as they came. Search, mentions, counts and exports
//     follow, also after edits by the network.
//   - A run over many posts says how far it is, can be paused and cancelled, goes on
//     after a restart where it stood, and can be undone: each post is then as if it
//     had never been, what others said since included.
//   - A rule says a tag of a post once. Who takes the tag away wins.
//
// It refuses tags without a visible character, and more than a hundred on a post.
package tag
