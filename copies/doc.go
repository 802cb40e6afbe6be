// Package copies knows which stored posts tell the same text, and which accounts
// copy in step.
//
// It follows the log (Consumer). Posts that read the same are one text; texts that
// are alike (package analysis/duplicate) within seven days of each other are one
// cluster, with all that is alike to them in turn. Reposts belong to what they repost.
//
// It guarantees:
//
//   - Clusters commit with the position in the log: a crash neither loses a post nor
//     counts one twice. Posts that are edited or erased leave; what they alone held
//     together falls apart again.
//   - In whatever order the same posts arrive, the clusters are the same, as long as
//     they arrive within seven days. A text that stood alone so long is forgotten, and
//     no longer compared; a new text is compared with at most 256 that share a band.
//   - A campaign is shown with how much of it chance would have made; see package
//     copies/coordination.
//
// It refuses to say why people copy: fans, newsrooms and our own ambassadors do so,
// too. It says "coordinated", hides nothing, and compares no texts too short to tell.
package copies
