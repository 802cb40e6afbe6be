package cue

// Forms of English sentences that suggest something, as bits.
const (
	Ordered  = 1 << iota // allow users to …
	Asked                // please add …
	Nice                 // it would be nice if …
	Should               // there should be …
	Liking               // I would like to see …
	Could                // could you add …
	Improved             // could be improved
	Needing              // we need a …
	Ought                // the list should …
)

// Formed is how many forms there are.
const Formed = 9

const plain = Ordered | Asked | Nice | Should | Liking | Could

// Ease is how much less sure the head may be of a suggestion because of what the
// cues say: "please add" mostly is one, "they should know" often none.
func (f *Found) Ease() float64 {
	switch {
	case f.Forms&plain != 0:
		return 1.75
	case f.Forms != 0 || f.Wishes:
		return 1
	}
	return 0
}
