package access_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// request is a request as the model knows it.
type request struct {
	asker, approver int // 0: nobody
	content         content
	open, given     bool
	until           time.Time
}

// content is what a step would do: to which target, at which version, what.
type content struct{ Target, Version, What int }

// model is the plain reading of TN7: what somebody may do now is what somebody else
// approved, of exactly this, in time, and both still may.
type model struct {
	now      time.Time
	role     []access.Role // by person from 1 on; "": disabled
	requests map[access.ApprovalID]*request
}

func (m *model) may(person int) bool { return m.role[person].May(access.WriteUsers) }

// live is the newest open request of somebody for a content.
func (m *model) live(asker int, c content) (newest access.ApprovalID) {
	for id, r := range m.requests {
		if r.asker == asker && r.content == c && r.open && m.now.Before(r.until) {
			newest = max(newest, id)
		}
	}
	return newest
}

// does says whether somebody may do something now, and uses the approval up.
func (m *model) does(asker int, c content) bool {
	r := m.requests[m.live(asker, c)]
	if r == nil || !r.given {
		return false
	}
	r.open = false // done, or void
	return r.approver != asker && m.may(r.approver)
}

func (m *model) decides(person int, id access.ApprovalID) bool {
	r := m.requests[id]
	return r != nil && r.open && m.now.Before(r.until) && r.asker != person && m.may(person)
}

func (m *model) approves(person int, id access.ApprovalID) bool {
	if !m.decides(person, id) || m.requests[id].given {
		return false
	}
	r := m.requests[id]
	r.given, r.approver, r.until = true, person, m.now.Add(24*time.Hour)
	return true
}

// TestNothingUnapprovedIsDoneOnRandomWalks proves TN7 against the model above:
// people ask, edit, retarget, approve, refuse, withdraw, do, lose and get rights, and
// time goes by. HEARTH_WALK is the number of steps.
func TestNothingUnapprovedIsDoneOnRandomWalks(t *testing.T) {
	t.Parallel()
	steps := 10_000
	if n, err := strconv.Atoi(os.Getenv("HEARTH_WALK")); err == nil {
		steps = n
	}
	f := openFour(t)
	const people = 4
	roles := []access.Role{access.Owner, access.Admin, access.Lead, ""}
	done, refused, left := 0, 0, steps
	for seed := uint64(1); left > 0; seed++ {
		n := min(left, 2000)
		d, r := f.walk(seed, n, people, roles)
		done, refused, left = done+d, refused+r, left-n
	}
	t.Logf("of %d steps %d were done and %d waited", steps, done, refused)
	if done < steps/200 || refused < steps/20 {
		t.Fatalf("of %d steps %d were done and %d waited: it walks nowhere", steps, done, refused)
	}
}

func (f *four) walk(seed uint64, steps, people int, roles []access.Role) (done, refused int) {
	t := f.t
	random := rand.New(rand.NewPCG(seed, 7))
	f.clock.advance(30 * 24 * time.Hour) // whatever another walk left is over
	m := &model{now: f.clock.Now(), role: []access.Role{"", access.Owner, access.Owner, access.Admin, access.Agent}, requests: map[access.ApprovalID]*request{}}
	for p := 1; p <= people; p++ {
		f.setRole(p, m.role[p])
	}
	var known []access.ApprovalID
	version, what := [2]int{}, 1
	for step := range steps {
		person := 1 + random.IntN(people)
		by := access.Person(here, hearth.UserID(person), "someone", m.role[person], m.now)
		id := access.ApprovalID(0)
		if len(known) > 0 {
			id = known[max(0, len(known)-1-random.IntN(4))]
		}
		switch n := random.IntN(100); {
		case n < 40: // ask or do
			target := random.IntN(2)
			c := content{target, version[target], what}
			if !m.may(person) {
				continue
			}
			want := m.does(person, c)
			got, err := f.do(by, c)
			if err != nil || (got == 0) != want {
				t.Fatalf("walk %d, step %d: %d does %+v: request %d, %v; the model says done %v", seed, step, person, c, got, err, want)
			}
			if want {
				done++
				version[target]++
				continue
			}
			refused++
			if live := m.live(person, c); live != 0 && live != got {
				t.Fatalf("walk %d, step %d: it is request %d, and was %d", seed, step, got, live)
			} else if live == 0 {
				m.requests[got] = &request{asker: person, content: c, open: true, until: m.now.Add(7 * 24 * time.Hour)}
				known = append(known, got)
			}
		case n < 70: // approve
			want := m.approves(person, id)
			if _, err := f.Approve(t.Context(), by, id, ""); (err == nil) != want {
				t.Fatalf("walk %d, step %d: %d approves %d: %v; the model says %v", seed, step, person, id, err, want)
			}
		case n < 74: // refuse
			want := m.decides(person, id)
			if _, err := f.RefuseApproval(t.Context(), by, id, ""); (err == nil) != want {
				t.Fatalf("walk %d, step %d: %d refuses %d: %v; the model says %v", seed, step, person, id, err, want)
			}
			if want {
				m.requests[id].open = false
			}
		case n < 78: // withdraw
			r := m.requests[id]
			want := r != nil && r.open && m.now.Before(r.until) && r.asker == person && m.may(person)
			if _, err := f.WithdrawApproval(t.Context(), by, id); (err == nil) != want {
				t.Fatalf("walk %d, step %d: %d withdraws %d: %v; the model says %v", seed, step, person, id, err, want)
			}
			if want {
				r.open = false
			}
		case n < 82: // edit
			what = 1 + random.IntN(2)
		case n < 85: // somebody else changes the target
			version[random.IntN(2)]++
		case n < 95: // rights come and go
			m.role[person] = roles[random.IntN(len(roles))]
			f.setRole(person, m.role[person])
		default:
			d := time.Duration(random.IntN(10)) * time.Hour
			f.clock.advance(d)
			m.now = m.now.Add(d)
		}
	}
	return done, refused
}

// do does a content, or gives the request that waits.
func (f *four) do(by access.Actor, c content) (access.ApprovalID, error) {
	at := f.clock.Now()
	err := access.Guarded(f.t.Context(), f.house.state, func(tx *db.Tx) error {
		return access.Claim(tx, at, by, access.Action{Area: access.AreaRoles, Verb: "walk.do", Object: access.Of("target", c.Target), Needs: access.WriteUsers, Bound: c})
	})
	var a *access.Asked
	if errors.As(err, &a) {
		return a.Request, nil
	}
	return 0, err
}

// setRole gives somebody a role, or keeps them out, past every rule.
func (f *four) setRole(person int, role access.Role) {
	f.t.Helper()
	err := f.house.state.Write(f.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE member SET role = ?, disabled = ? WHERE workspace_id = 1 AND user_id = ?`, string(role), db.Truth(role == ""), int64(person))
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}
