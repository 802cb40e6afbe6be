// Package reanalysis judges stored posts anew: by newer models, or once more as a
// workspace's people have taught them since.
//
// It guarantees:
//
//   - When the program comes with other models than it had, every stored post is
//     judged again in the background, once, the newest first; a person may ask for it
//     as well, for what a search holds.
//   - It says how far it is, lets live posts go first (see monitor.Pace), can be paused
//     and cancelled, and goes on after a crash where it stood: what a page changed and
//     how far it is are one transaction.
//   - A post of which the models say something else gets a version of the log that
//     says so, so that search, counts, streams and exports follow as after an edit.
//     One of which they say the same costs nothing; its score stays, too. What people
//     said holds, what came with the post stays, what was erased stays erased.
//   - It keeps how many posts went from which word to which, by language, with some of
//     them, and what became of the negative share of monitors.
//   - Every version that it replaced stays in the log, so it can be undone: posts that
//     nobody edited since say again what they said.
//
// It refuses to judge what arrives: that is judged as it comes.
package reanalysis
