package web

import "hearth"

// hostRow is a limit that a host sets a source, or that there is none.
type hostRow struct {
	Name    string
	Mood    string
	State   string // whether it works
	Why     string // why it fails
	Left    string // of the limit; "": the host has not said
	Percent int    // that is left
	Fresh   string // when there is more, or when it may be asked again
	Waiting string // calls that wait for their turn
}

// sourceHosts is what is known of the hosts that a source speaks with.
func (v *visit) sourceHosts(id hearth.SourceID) (rows []hostRow, err error) {
	hosts, err := v.web.o.Sources.Hosts(v.ctx(), v.by)
	for i := range hosts {
		h := &hosts[i]
		for _, l := range h.Limits {
			if l.Source != id {
				continue
			}
			row := hostRow{Name: shorten(80, h.Name), Mood: "good", State: v.say("hosts.works"), Percent: -1}
			switch {
			case h.Breaker == "open" && h.RetryAt.After(v.now):
				row.Mood, row.Why = "bad", v.gist(h.Reason)
				row.State = v.say("hosts.open", "span", v.span(h.RetryAt.Sub(v.now)))
			case h.Breaker != "closed":
				row.Mood, row.Why, row.State = "busy", v.gist(h.Reason), v.say("hosts.half")
			}
			if l.Known && l.Limit.Limit > 0 {
				row.Left = v.say("hosts.left", "left", v.number(int64(l.Remaining)), "of", v.number(int64(l.Limit.Limit)))
				row.Percent = int(100 * min(1, l.Remaining/l.Limit.Limit))
				row.Fresh = v.say("hosts.reset", "span", v.span(l.Reset.Sub(v.now)))
			}
			if l.Blocked.After(v.now) {
				row.Fresh = v.say("hosts.blocked", "span", v.span(l.Blocked.Sub(v.now)))
			}
			if l.Waiting > 0 {
				row.Waiting = v.say("hosts.waiting", "n", l.Waiting)
			}
			rows = append(rows, row)
		}
	}
	return rows, err
}
