package server

import (
	"fmt"
	"strings"
	"time"

	"hearth"
	"hearth/client"
)

// ask looks at sources, dead letters, consumers and hosts, and at what the
// server itself complains of.
func (e *examination) ask(c *client.Client) {
	st, err := c.Status(e.ctx)
	if err != nil {
		e.bad("status", hearth.ErrorCode(err), err.Error(), "Sources and counts could not be looked at.", "Look at the server's log.")
		return
	}
	running := st.State == phaseRunning
	for i := range st.Sources {
		e.source(&st.Sources[i], running)
	}
	if len(st.Sources) == 0 {
		e.fair("sources", "there is none", "Nothing is heard.", "hearth source add bluesky")
	}
	if st.DeadLetters > 0 {
		e.fair("dead letters", fmt.Sprintf("%d records could not be read", st.DeadLetters), "They are kept, with the reasons, and count as unread.",
			"hearth source letters shows them; hearth source replay tries again after an upgrade.")
	}
	for _, trouble := range st.Trouble {
		if !strings.HasPrefix(trouble, "The source ") && !strings.HasPrefix(trouble, "Only ") { // told above
			e.fair("status", trouble, "", "")
		}
	}
	e.consumers(&st, running)
	if running {
		e.hosts(c)
	}
}

// oldCursor is how long a source may have been away before what it missed may
// be lost: Bluesky, which keeps the least, keeps 36 hours.
const oldCursor = 24 * time.Hour

func (e *examination) source(src *client.Source, running bool) {
	name := "source " + src.Name
	age := time.Duration(0)
	if src.DataAge != nil {
		age = time.Duration(*src.DataAge * float64(time.Second))
	}
	switch {
	case src.State == "failed":
		e.bad(name, hearth.Unavailable, src.Trouble, "It is not read, and trying again would not help.", fmt.Sprintf("Mend the cause, then: hearth source resume %d", src.ID))
	case src.State == "retrying":
		e.fair(name, "is not connected: "+src.Trouble, "What happens meanwhile is read afterwards, as far as the network keeps it.", "It tries again by itself; if it does not pass, look at the network and at hearth source limits.")
	case src.State != "paused" && age > oldCursor:
		advice := "Start the server: hearth serve"
		if running {
			advice = fmt.Sprintf("If it is never so quiet, look at it: hearth source show %d", src.ID)
		}
		e.fair(name, fmt.Sprintf("the newest it read is %s old", age.Round(time.Hour)), "A network keeps its past for a while only; what it drops becomes a gap.", advice)
	default:
		e.good(name, "%s, %d events read", src.State, src.Counters.Events)
	}
	if src.Counters.Gaps > 0 {
		e.fair(name, fmt.Sprintf("%d stretches of its stream were lost for good", src.Counters.Gaps), "Counts of those times are too low.", fmt.Sprintf("hearth source show %d says which and why.", src.ID))
	}
}

// farBehind is how many rows counts may be behind before somebody should look.
const farBehind = 50_000

func (e *examination) consumers(st *client.Status, running bool) {
	for i := range st.Consumers {
		c := &st.Consumers[i]
		switch {
		case c.Name == "monitor": // below
		case c.Behind <= farBehind:
			e.good(c.Name, "up to row %d of %d", c.At, st.Rows)
		default:
			e.fair(c.Name, fmt.Sprintf("behind the log by %d rows", c.Behind), "What came last is not looked at yet.", "It catches up while a server runs, behind everything else; if it does not shrink in an hour, look at the server's log.")
		}
	}
	behind := st.Rows - st.Counted
	switch {
	case behind <= farBehind:
		e.good("counts", "%d of %d rows counted", st.Counted, st.Rows)
	case running:
		e.fair("counts", fmt.Sprintf("they are %d rows behind the log", behind), "Mentions and numbers lack what came last.", "If it does not shrink, the machine is too slow for its monitors, or a consumer stands still: look at the log.")
	default:
		e.fair("counts", fmt.Sprintf("they are %d rows behind the log", behind), "Mentions and numbers lack what came last.", "They catch up while a server runs: hearth serve")
	}
}

// hosts looks for hosts that fail or keep calls waiting.
func (e *examination) hosts(c *client.Client) {
	hosts, err := c.Hosts(e.ctx)
	if err != nil {
		e.fair("hosts", err.Error(), "Limits and failing hosts could not be looked at.", "Look at the server's log.")
		return
	}
	sound := len(e.findings)
	for i := range hosts {
		h := &hosts[i]
		if h.Breaker != "closed" {
			e.fair("host "+h.Name, "fails: "+h.Reason, fmt.Sprintf("It is left alone until %s, then asked once whether it works again.", h.RetryAt.Format("15:04:05 UTC")), "If others reach it, look at this machine's name service and firewall.")
		}
		for _, l := range h.Limits {
			if l.Waiting > 0 {
				e.fair("host "+h.Name, fmt.Sprintf("%d calls of source %d wait for its limit", l.Waiting, l.Source), "The source is behind until there is new.", "Ask less often (the source's interval), or share the work between accounts.")
			}
		}
	}
	if len(e.findings) == sound {
		e.good("hosts", "%d are spoken with; none fails or keeps anybody waiting", len(hosts))
	}
}
