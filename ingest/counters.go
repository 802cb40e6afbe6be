package ingest

import "hearth/archive"

// Counters say what became of everything a source read. They are exact and are
// committed with the cursor, so after a crash they agree with where the source
// goes on. Every event is in one of the counters from Unwanted to Renamed:
//
//	Events = Unwanted + Undecided + UnknownPosts + UnknownAuthors + Deleted
//	       + Poisoned + Renamed + Duplicates + Swallowed + Stored
type Counters struct {
	Frames  int64 `json:"frames"`  // records read, those without a post included
	Events  int64 `json:"events"`  // things that happened to posts and authors
	Rejects int64 `json:"rejects"` // records that could not be read: dead letters
	Gaps    int64 `json:"gaps"`    // stretches that cannot be had again

	Unwanted       int64 `json:"unwanted"`        // no standing query could match the post
	Undecided      int64 `json:"undecided"`       // looked wanted, but no query matched once it was understood
	UnknownPosts   int64 `json:"unknown_posts"`   // deletions and edits of posts that are not kept
	UnknownAuthors int64 `json:"unknown_authors"` // events of authors of whom nothing is kept
	Deleted        int64 `json:"deleted"`         // posts whose deletion came before them
	Poisoned       int64 `json:"poisoned"`        // beyond a limit, or made the program fail: dead letters
	Renamed        int64 `json:"renamed"`         // authors' new handles, which change no stored post
	Duplicates     int64 `json:"duplicates"`      // stored before
	Swallowed      int64 `json:"swallowed"`       // refused by the archive for another reason, such as an erasure
	Stored         int64 `json:"stored"`          // new rows of the log

	Matched  int64 `json:"matched"`  // of the events, those that a standing query matched
	Nameless int64 `json:"nameless"` // wanted posts whose author's handle the network could not be asked for in time
}

func (c *Counters) add(d *Counters) {
	c.Frames += d.Frames
	c.Events += d.Events
	c.Rejects += d.Rejects
	c.Gaps += d.Gaps
	c.Unwanted += d.Unwanted
	c.Undecided += d.Undecided
	c.UnknownPosts += d.UnknownPosts
	c.UnknownAuthors += d.UnknownAuthors
	c.Deleted += d.Deleted
	c.Poisoned += d.Poisoned
	c.Renamed += d.Renamed
	c.Duplicates += d.Duplicates
	c.Swallowed += d.Swallowed
	c.Stored += d.Stored
	c.Matched += d.Matched
	c.Nameless += d.Nameless
}

// Ended is the number of events whose end is known. It equals Events once
// nothing is on its way.
func (c Counters) Ended() int64 {
	return c.Unwanted + c.Undecided + c.UnknownPosts + c.UnknownAuthors + c.Deleted +
		c.Poisoned + c.Renamed + c.Duplicates + c.Swallowed + c.Stored
}

// count notes what the archive did with one entry.
func (c *Counters) count(r archive.Result) {
	switch {
	case r.Stored:
		c.Stored++
	case r.Reason == storedAlready:
		c.Duplicates++
	default:
		c.Swallowed++
	}
}

// storedAlready is the archive's reason for a duplicate.
const storedAlready = "It is stored already."
