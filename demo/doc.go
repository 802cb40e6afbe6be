// Package demo invents a small world to listen to: a coffee house called
// Kaffora with an app, machines for the home and a bean subscription, its rival
// Brightbean, the trade's paper, and four hundred people who live, drink coffee,
// praise, complain, ask, wish and buy in eight languages. Sixty days of them are
// known: the launch of a machine, late boxes, a small story that goes round, a
// copied giveaway, a rival's prices, and the parcel service's program, which says
// that it is one. And now one of the machines has begun to
// smell, and more and more people say so.
//
// The world is seeded: the same seed and the same hour give the same people and
// the same posts, word for word and in the same order, so a test knows how many
// mentions each monitor must have, and each post knows what it was meant to say.
// It speaks to Hearth only over the wire, through the networks' fake hosts,
// exactly as the real ones would. People, brands, handles, places and texts are
// invented; all addresses end in .example.
package demo
