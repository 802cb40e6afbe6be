// Package quality says how often the analysis is right about the posts of a
// workspace, as people of the workspace see it.
//
// Corrections alone cannot say so: people correct what is wrong and pass over what
// is right. So a check draws posts of a monitor by chance, each as likely as any
// other, a person says of each what it is, and the share of right answers is an
// estimate without that bias, with its interval.
//
// It guarantees:
//
//   - A draw follows from its seed, which is kept; posts are drawn without looking
//     at what the analysis or people said of them.
//   - What a person corrected before counts as that person's answer; who answers
//     that the analysis is wrong and says what is right corrects the post as well.
//   - A post on which the analysis said nothing is counted apart and is no part of
//     the share.
//
// What was judged also makes calibrations: small layers over the shared sentiment
// model, in versions, each shown with what it would change and on only when somebody
// switches it on.
//
// It refuses shares without their number and interval.
package quality
