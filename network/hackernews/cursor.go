package hackernews

import (
	"fmt"
	"strconv"
	"strings"

	"hearth"
	"hearth/network"
)

// place is how far the walk is.
type place struct {
	at      int64     // the last item that was asked for; 0: not begun
	missing []missing // of those, the ones the API did not have yet
}

type missing struct {
	id    int64
	tries int
}

func (p *place) cursor() network.Cursor {
	var b strings.Builder
	fmt.Fprintf(&b, "h1 %d", p.at)
	for _, m := range p.missing {
		fmt.Fprintf(&b, " %d:%d", m.id, m.tries)
	}
	return network.Cursor(b.String())
}

func parseCursor(c network.Cursor) (p place, err error) {
	if c == "" {
		return p, nil
	}
	damaged := hearth.Errorf(hearth.Damaged, "The place where reading Hacker News stopped is damaged: %.60q.", string(c))
	parts := strings.Split(string(c), " ")
	if len(parts) < 2 || len(parts) > 2+maxMissing || parts[0] != "h1" {
		return p, damaged
	}
	if p.at, err = strconv.ParseInt(parts[1], 10, 64); err != nil || p.at < 0 {
		return p, damaged
	}
	for _, part := range parts[2:] {
		id, tries, _ := strings.Cut(part, ":")
		var m missing
		if m.id, err = strconv.ParseInt(id, 10, 64); err != nil {
			return p, damaged
		}
		if m.tries, err = strconv.Atoi(tries); err != nil {
			return p, damaged
		}
		p.missing = append(p.missing, m)
	}
	return p, nil
}
