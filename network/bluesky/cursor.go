package bluesky

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// place is where we are in a host's stream. Numbers belong to one host; the
// time is good enough to find the place again on another one.
type place struct {
	version int // of the protocol: 1 or 2; 0 is nowhere yet
	host    string
	seq     int64 // 0 in version 1
	micros  int64 // unix microseconds
}

// cursor writes a place as "v2 host seq micros".
func (p place) cursor() network.Cursor {
	if p.version == 0 {
		return ""
	}
	return network.Cursor(fmt.Sprintf("v%d %s %d %d", p.version, p.host, p.seq, p.micros))
}

func parseCursor(c network.Cursor) (place, error) {
	if c == "" {
		return place{}, nil
	}
	parts := strings.Fields(string(c))
	bad := hearth.Errorf(hearth.Damaged, "The stored place in the Bluesky stream, %q, cannot be read; reset the source to listen from now on.", c)
	if len(parts) != 4 || parts[0] != "v1" && parts[0] != "v2" {
		return place{}, bad
	}
	seq, err1 := strconv.ParseInt(parts[2], 10, 64)
	micros, err2 := strconv.ParseInt(parts[3], 10, 64)
	if err1 != nil || err2 != nil || seq < 0 || micros < 0 {
		return place{}, bad
	}
	return place{version: int(parts[0][1] - '0'), host: parts[1], seq: seq, micros: micros}, nil
}

// String names the place for people.
func (p place) String() string {
	s := time.UnixMicro(p.micros).UTC().Format(time.RFC3339Nano)
	if p.seq > 0 {
		s += " (seq " + strconv.FormatInt(p.seq, 10) + ")"
	}
	return s
}

// rewind is how far before a place given by its time we begin again, for the
// clocks of hosts differ and events near each other may swap.
const rewind = 5 * time.Second

// query is the cursor to ask a host for, and whether it is a seq; "" is now.
func (p place) query(version int, host string) (cursor string, bySeq bool) {
	switch {
	case p.version == 0:
		return "", false
	case version == 2 && p.version == 2 && p.host == host && p.seq > 0:
		return strconv.FormatInt(p.seq, 10), true
	}
	// Version 2 takes a smaller number for a seq.
	return strconv.FormatInt(max(p.micros-rewind.Microseconds(), 1e15), 10), false
}

// resumption watches the first event after a reconnection, which proves that
// the stream goes on where it was left, or shows that it does not.
type resumption struct {
	from   place
	bySeq  bool
	proven bool   // nothing (more) to prove
	lost   string // why a stretch may be missing, once the host has said so
}

// first looks at the first event and says whether it is the one we had last,
// and what is missing before it.
func (r *resumption) first(now place) (again bool, gap *network.Gap) {
	if r.proven {
		return false, nil
	}
	r.proven = true
	again = r.bySeq && now.seq == r.from.seq && now.micros == r.from.micros
	if again || !r.bySeq && now.micros <= r.from.micros {
		return again, nil
	}
	reason := r.lost
	if reason == "" {
		reason = "The host no longer has the event at which listening stopped; what happened before it resumed may be missing."
	}
	return again, &network.Gap{From: r.from.String(), To: now.String(), Reason: reason}
}
