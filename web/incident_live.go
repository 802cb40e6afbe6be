package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/alert"
	"hearth/monitor"
)

// figuresEvery is how often an open room looks whether its figures grew, and
// for what another process wrote.
const figuresEvery = 5 * time.Second

// roomNews is what an event of a room's stream says.
type roomNews struct {
	Mark  string `json:"mark"`  // another one whenever people or Hearth did something
	Posts int64  `json:"posts"` // of this hour and the last one: figures change with it
	Here  string `json:"here"`  // who else is here, in words
}

// incidentLive tells whoever has an incident open that it changed, at once and
// whenever it does. It tells no content: the page fetches what it shows with
// the rights of that moment, so nothing is lost with a connection.
func (web *Web) incidentLive(v *visit) error {
	id, err := incidentID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := v.roomNews(v.ctx(), id); err != nil {
		return err
	}
	changes := web.o.Alerts.Changes().Subscribe(v.by.Workspace, 16)
	return v.stream(func(ctx context.Context, out *eventWriter) error {
		defer changes.Close()
		guest := web.rooms.enter(room{v.by.Workspace, id}, v.by.User)
		defer web.rooms.leave(guest)
		tick := time.NewTicker(figuresEvery)
		defer tick.Stop()
		people, told := v.people(), roomNews{}
		for {
			now, err := v.roomNews(ctx, id)
			if err != nil {
				return err
			}
			if now.Here = v.hereWords(web.rooms.others(guest), people); now != told {
				body, err := json.Marshal(now)
				if err != nil {
					return err
				}
				told = now
				out.say(0, "room", string(body))
			}
			for heard := false; !heard; {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-tick.C:
					heard = true
				case <-guest.poked:
					heard = true
				case c, ok := <-changes.C():
					if !ok {
						return nil
					}
					heard = c.Incident == id || c.Alert != 0
				}
			}
		}
	})
}

// roomNews is what a room's stream says of an incident now.
func (v *visit) roomNews(ctx context.Context, id alert.IncidentID) (n roomNews, err error) {
	one, err := v.web.o.Incidents.Get(ctx, v.by, id)
	if err != nil {
		return n, err
	}
	publishing, err := v.web.o.Incidents.Publishing(ctx, v.by)
	if err != nil {
		return n, err
	}
	n.Mark = roomMark(&one, publishing.Paused)
	if one.Monitor == 0 || one.Status == alert.Closed {
		return n, nil
	}
	now := v.web.o.Clock()
	counts, err := v.web.o.Monitors.Count(ctx, v.by, monitor.CountSearch{Monitor: one.Monitor, From: now.Add(-time.Hour).Truncate(time.Hour),
		To: now.Add(time.Hour).Truncate(time.Hour), Interval: monitor.Hour})
	if hearth.ErrorCode(err) == hearth.NotFound {
		return n, nil // its monitor is gone
	}
	for _, b := range counts.Buckets {
		n.Posts += b.Posts
	}
	return n, err
}

// roomMark differs between two moments between which somebody did something.
func roomMark(one *alert.Incident, paused bool) string {
	return fmt.Sprintf("%d.%d.%t", one.Version, len(one.Timeline), paused)
}

// hereWords says who else is in the room.
func (v *visit) hereWords(users []hearth.UserID, people map[int64]string) string {
	if len(users) == 0 {
		return v.say("incident.here.alone")
	}
	const most = 5
	names := make([]string, 0, most)
	for _, id := range users[:min(most, len(users))] {
		names = append(names, v.actorName(id, people))
	}
	said := strings.Join(names, ", ")
	if more := len(users) - len(names); more > 0 {
		said += fmt.Sprintf(" +%d", more)
	}
	return v.say("incident.here", "names", said)
}

// room is an incident that people look at.
type room struct {
	workspace hearth.WorkspaceID
	incident  alert.IncidentID
}

// rooms know who looks at which incident now, in this process. The zero value
// is ready and safe for concurrent use.
type rooms struct {
	mu     sync.Mutex
	guests map[room][]*guest
}

// guest is one open page.
type guest struct {
	room  room
	user  hearth.UserID
	poked chan struct{} // somebody came or went
}

func (r *rooms) enter(in room, user hearth.UserID) *guest {
	g := &guest{in, user, make(chan struct{}, 1)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.guests == nil {
		r.guests = map[room][]*guest{}
	}
	r.guests[in] = append(r.guests[in], g)
	r.poke(in)
	return g
}

func (r *rooms) leave(g *guest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.DeleteFunc(r.guests[g.room], func(other *guest) bool { return other == g })
	if r.guests[g.room] = list; len(list) == 0 {
		delete(r.guests, g.room)
	}
	r.poke(g.room)
}

func (r *rooms) poke(in room) {
	for _, g := range r.guests[in] {
		select {
		case g.poked <- struct{}{}:
		default: // it was told already and has not looked yet
		}
	}
}

// others are the people beside the guest, each once.
func (r *rooms) others(than *guest) (users []hearth.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.guests[than.room] {
		if g.user != than.user && g.user > 0 {
			users = append(users, g.user)
		}
	}
	slices.SortFunc(users, func(a, b hearth.UserID) int { return cmp.Compare(a, b) })
	return slices.Compact(users)
}
