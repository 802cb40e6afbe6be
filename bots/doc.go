// Package bots keeps how accounts behave, and says how likely each is automated.
//
// It follows the log (Consumer) and keeps the newest posts of each account, as figures;
// Judge then turns those of accounts that changed into a band with reasons (package
// analysis/bot), asking package copies which texts others tell, too. Queries ask for
// bands with bot:; the accounts of each are given to the monitors (Refresh).
//
// It guarantees:
//
//   - Figures commit with the position in the log: a crash neither loses a post nor
//     counts one twice. What is erased leaves with what was said of its author.
//   - At most 100 posts of an account, of the last 28 days, are kept, and nothing of
//     accounts without any. Verdicts are made anew within six hours, so that copies
//     which are found later count.
//   - What a person says holds, at once and until it is taken back.
//
// It refuses to hide anything: posts of likely bots stay in streams and counts unless a
// person leaves them out. It knows only what is kept here, which may be little of what
// an account posts, and says by how many posts it judges.
package bots
