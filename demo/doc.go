// Package demo invents a small world to listen to: a coffee house called
// Kaffora with an app and a machine for the home, its rival Brightbean, and a
// hundred people who live, drink coffee, praise, complain, ask, wish and buy in
// six languages. One of the machines has begun to smell, and more and more
// people say so.
//
// The world is seeded: the same seed gives the same people and the same posts,
// word for word and in the same order, so a test knows how many mentions each
// monitor must have. It speaks to Hearth only over the wire, through the fake
// Bluesky host, exactly as the real one would. People, brands, handles and texts
// are invented; all addresses end in .example.
package demo
