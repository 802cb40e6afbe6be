// Package bot says how likely an account is automated, by how it behaves.
//
// Look turns what is known of an account's newest posts into Figures, and Judge
// turns these into a Verdict: a band, a score and its reasons, each with the figures
// that it comes from. Both are pure functions; the same posts give the same verdict,
// in whatever order they came.
//
// The score is a sum of points (see Judge). It guarantees:
//
//   - No behaviour alone makes an account possible or likely: at least two must be
//     worth a point each. Only what the account says of itself stands alone.
//   - A share counts by the lower end of its interval (Wilson, one-sided 90 %), so few
//     posts say little: fewer than five say nothing at all.
//   - Times that a network gives by the minute, hour or day make no account regular.
//
// It refuses to say that an account is false, bought or harmful: newsrooms, weather
// stations and people with a timetable automate what they post, too. It never looks at
// names, pictures, languages or what is said.
package bot
