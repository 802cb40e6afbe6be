package mail

import (
	"fmt"
	"time"

	"hearth"
	"hearth/network"
)

// place is how far a mailbox was read.
type place struct {
	validity uint32    // of the UIDs; 0: not begun
	next     uint32    // the first UID not taken yet
	old      uint32    // messages below this UID were there when the numbering was first seen …
	since    time.Time // … and are read only if they are not older than this
}

func (p *place) cursor() network.Cursor {
	return network.Cursor(fmt.Sprintf("m1 %d %d %d %d", p.validity, p.next, p.old, p.since.Unix()))
}

func parseCursor(c network.Cursor) (p place, err error) {
	if c == "" {
		return p, nil
	}
	var since int64
	if n, err := fmt.Sscanf(string(c), "m1 %d %d %d %d", &p.validity, &p.next, &p.old, &since); err != nil || n != 4 || p.validity == 0 {
		return p, hearth.Errorf(hearth.Damaged, "The place where reading the mailbox stopped is damaged: %.60q.", string(c))
	}
	p.since = time.Unix(since, 0).UTC()
	return p, nil
}
