package access

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"hearth"
	"hearth/db"
)

// ApprovalState is how far a request is.
type ApprovalState string

const (
	ApprovalWaiting   ApprovalState = "waiting"   // for a second person
	ApprovalGiven     ApprovalState = "approved"  // whoever asked may do it, once
	ApprovalRefused   ApprovalState = "refused"   // also after it was approved
	ApprovalWithdrawn ApprovalState = "withdrawn" // by whoever asked
	ApprovalVoid      ApprovalState = "void"      // whoever approved it may not any more
	ApprovalUsed      ApprovalState = "done"
	ApprovalExpired   ApprovalState = "expired" // nobody decided, or it was not done in time
)

// Approval is a request of one person that another approves or refuses.
type Approval struct {
	ID        ApprovalID
	Area      Area
	Verb      string // as in the audit log
	Object    Object // without ID: it is to be made
	Needs     Permission
	Gives     []Role // that whoever approves must cover
	Was, Now  string // JSON of what is to change; "": nothing
	Why       string // "": not said
	Kind      Kind   // of whoever asks
	User      hearth.UserID
	Key       KeyID
	Actor     string // their name
	Asked     time.Time
	Expires   time.Time // until when it waits; once approved, until when it may be done
	State     ApprovalState
	DecidedBy hearth.UserID // 0: nobody yet
	Decider   string
	Note      string // what they said
	Decided   time.Time
	Ended     time.Time // done, refused, withdrawn or void; zero: not yet

	Own        bool   // whoever looks asked for it
	MayApprove bool   // whoever looks may approve it now
	MayRefuse  bool   // likewise
	Form       []byte // of a browser, to do the same again; only for whoever asked, while it may be done

	workspace hearth.WorkspaceID
	form      string // sealed
}

// Open says whether something may still become of a request.
func (r *Approval) Open() bool { return r.State == ApprovalWaiting || r.State == ApprovalGiven }

const selectApproval = `
SELECT workspace_id, id, area, verb, object_kind, object_id, needs, gives, was, now, why, form, kind, user_id, key_id, actor, asked, expires, state,
    decided_by, decider, note, decided, ended
FROM approval`

func scanApproval(row db.Scanner) (r Approval, err error) {
	var gives string
	var asked, expires, decided, ended int64
	err = row.Scan(&r.workspace, &r.ID, &r.Area, &r.Verb, &r.Object.Kind, &r.Object.ID, &r.Needs, &gives, &r.Was, &r.Now, &r.Why, &r.form, &r.Kind, &r.User,
		&r.Key, &r.Actor, &asked, &expires, &r.State, &r.DecidedBy, &r.Decider, &r.Note, &decided, &ended)
	for _, role := range strings.Fields(gives) {
		r.Gives = append(r.Gives, Role(role))
	}
	r.Asked, r.Expires, r.Decided, r.Ended = db.FromMicros(asked), db.FromMicros(expires), db.FromMicros(decided), db.FromMicros(ended)
	return r, err
}

// approvalState is a request in the audit log.
type approvalState struct {
	Verb   string        `json:"verb"`
	Object string        `json:"object,omitempty"`
	By     string        `json:"by"`
	Why    string        `json:"why,omitempty"`
	State  ApprovalState `json:"state"`
	Note   string        `json:"note,omitempty"`
}

func (r *Approval) state() approvalState {
	return approvalState{r.Verb, strings.TrimSuffix(r.Object.Kind+"/"+r.Object.ID, "/"), r.Actor, r.Why, r.State, r.Note}
}

// end writes how a request ended.
func (r *Approval) end(tx *db.Tx, ws hearth.WorkspaceID, state ApprovalState, at time.Time) error {
	r.State, r.Ended = state, at
	_, err := tx.Exec(`UPDATE approval SET state = ?, ended = ?, form = '' WHERE workspace_id = ? AND id = ?`, string(state), db.Micros(at), int64(ws), int64(r.ID))
	return err
}

// own says whether the actor asked for it: the person, also with a key of theirs.
func (r *Approval) own(by Actor) bool {
	return r.User == by.User && (by.User > 0 || r.Kind == by.Kind)
}

// sees says whether the actor may look at a request: at their own, and at those
// that they have the right to decide.
func (r *Approval) sees(by Actor) bool {
	return r.own(by) || by.May(WriteApprovals) && by.May(r.Needs)
}

// decides is nil if the actor has the right to approve or refuse a request.
func (r *Approval) decides(by Actor) error {
	if err := by.person(); err != nil {
		return err
	}
	if r.own(by) {
		return hearth.Errorf(hearth.Denied, "Nobody approves or refuses what they asked for themselves: that is what four eyes are for. Withdraw it, or wait for somebody else.")
	}
	if err := by.Check(WriteApprovals); err != nil {
		return err
	}
	if err := by.Check(r.Needs); err != nil {
		return err
	}
	for _, role := range r.Gives {
		if err := by.gives(role); err != nil {
			return err
		}
	}
	return nil
}

// look is a request as the actor sees it at a time.
func (r *Approval) look(by Actor, at time.Time) {
	if r.Open() && !at.Before(r.Expires) {
		r.State = ApprovalExpired
	}
	r.Own = r.own(by)
	decides := r.Open() && r.decides(by) == nil
	r.MayApprove, r.MayRefuse = decides && r.State == ApprovalWaiting, decides
}

// ApprovalSearch says which requests are meant.
type ApprovalSearch struct {
	Open   bool       // those only of which something may still become
	Before ApprovalID // Next of the page before; 0: the newest
	Limit  int        // 0: 50; at most 200
}

// ApprovalPage is requests, the newest first.
type ApprovalPage struct {
	Approvals []Approval
	Next      ApprovalID // 0: there are no more
	Waiting   int64      // requests of others that wait for somebody with the rights of whoever looks
}

// decidable are the permissions for whose use somebody may approve what others ask.
func (a Actor) decidable() (list [8]string) {
	if !a.May(WriteApprovals) {
		return list
	}
	for i, p := range [...]Permission{ReadPosts, WritePosts, WriteUsers, WriteSources, WriteChannels, WriteWorkspaces, WriteProviders, ReadAudit} {
		if a.May(p) {
			list[i] = string(p)
		}
	}
	return list
}

// Approvals lists the requests that the actor asked for or may decide, the newest
// first.
func (a *Access) Approvals(ctx context.Context, by Actor, s ApprovalSearch) (page ApprovalPage, err error) {
	if err := by.CheckSome(ReadApprovals); err != nil {
		return page, err
	}
	if s.Limit <= 0 {
		s.Limit = 50
	}
	s.Limit = min(s.Limit, 200)
	now, p := a.o.Clock(), by.decidable()
	err = a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(selectApproval+`
WHERE workspace_id = ?1 AND (?2 = 0 OR id < ?2) AND (?3 = 0 OR state IN ('waiting', 'approved') AND expires > ?4)
    AND (user_id = ?5 AND (user_id > 0 OR kind = ?6) OR needs IN (?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))
ORDER BY id DESC LIMIT ?15`, int64(by.Workspace), int64(s.Before), db.Truth(s.Open), db.Micros(now), int64(by.User), string(by.Kind),
			p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], int64(s.Limit)+1)
		if err != nil {
			return err
		}
		err = db.EachRow(rows, func() error {
			r, err := scanApproval(rows)
			r.look(by, now)
			page.Approvals = append(page.Approvals, r)
			return err
		})
		if err != nil {
			return err
		}
		return tx.QueryRow(`
SELECT count(*) FROM approval
WHERE workspace_id = ?1 AND state = 'waiting' AND expires > ?2 AND NOT (user_id = ?3 AND (user_id > 0 OR kind = ?4)) AND needs IN (?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)`,
			int64(by.Workspace), db.Micros(now), int64(by.User), string(by.Kind), p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]).Scan(&page.Waiting)
	})
	if len(page.Approvals) > s.Limit {
		page.Approvals = page.Approvals[:s.Limit]
		page.Next = page.Approvals[s.Limit-1].ID
	}
	return page, err
}

// Approval gives one request, if the actor asked for it or may decide it.
func (a *Access) Approval(ctx context.Context, by Actor, id ApprovalID) (r Approval, err error) {
	if err := by.CheckSome(ReadApprovals); err != nil {
		return r, err
	}
	err = a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = readApproval(tx, by, id)
		return err
	})
	if err != nil {
		return Approval{}, err
	}
	r.look(by, a.o.Clock())
	if r.Own && r.State == ApprovalGiven && r.Kind == by.Kind && r.form != "" {
		r.Form, err = a.sealer.open(by.User, approvedForm, r.form)
	}
	return r, err
}

// readApproval reads a request that the actor may see; another is none.
func readApproval(tx *db.Tx, by Actor, id ApprovalID) (Approval, error) {
	r, err := scanApproval(tx.QueryRow(selectApproval+` WHERE workspace_id = ? AND id = ?`, int64(by.Workspace), int64(id)))
	if errors.Is(err, sql.ErrNoRows) || err == nil && !r.sees(by) {
		return Approval{}, hearth.Errorf(hearth.NotFound, "There is no request %d.", id)
	}
	return r, err
}

// Approve lets whoever asked do what a request says, once, within a day. It takes
// another person, who is signed in, with the right to do it themself.
func (a *Access) Approve(ctx context.Context, by Actor, id ApprovalID, note string) (Approval, error) {
	return a.decide(ctx, by, id, "approval.approve", note, func(r *Approval, now time.Time) error {
		if err := r.decides(by); err != nil {
			return err
		}
		if r.State != ApprovalWaiting {
			return notWaiting(r)
		}
		r.State, r.Expires = ApprovalGiven, now.Add(approvedFor)
		return nil
	})
}

// RefuseApproval ends a request, also one that was approved and is not done yet. It
// takes the right to approve it.
func (a *Access) RefuseApproval(ctx context.Context, by Actor, id ApprovalID, note string) (Approval, error) {
	return a.decide(ctx, by, id, "approval.refuse", note, func(r *Approval, now time.Time) error {
		if err := r.decides(by); err != nil {
			return err
		}
		if !r.Open() {
			return notWaiting(r)
		}
		r.State, r.Ended = ApprovalRefused, now
		return nil
	})
}

func notWaiting(r *Approval) error {
	return hearth.Errorf(hearth.Conflict, "Request %d is %s already.", r.ID, r.State)
}

// decide writes what a second person says of a request.
func (a *Access) decide(ctx context.Context, by Actor, id ApprovalID, verb, note string, how func(*Approval, time.Time) error) (r Approval, err error) {
	if err := by.CheckSome(WriteApprovals); err != nil {
		return r, err
	}
	now := a.o.Clock()
	if err := by.CheckFresh(now); err != nil {
		return r, err
	}
	if note, err = checkReason("note", note); err != nil {
		return r, err
	}
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if r, err = readApproval(tx, by, id); err != nil {
			return err
		}
		was := r.state()
		if r.Open() && !now.Before(r.Expires) {
			r.State = ApprovalExpired
		}
		if err := how(&r, now); err != nil {
			return err
		}
		r.DecidedBy, r.Decider, r.Note, r.Decided = by.User, short(by.Name), note, now
		_, err := tx.Exec(`
UPDATE approval SET state = ?, expires = ?, decided_by = ?, decider = ?, note = ?, decided = ?, ended = ? WHERE workspace_id = ? AND id = ?`,
			string(r.State), db.Micros(r.Expires), int64(r.DecidedBy), r.Decider, r.Note, db.Micros(now), db.Micros(r.Ended), int64(by.Workspace), int64(id))
		if err != nil {
			return err
		}
		return a.audit(tx, by, verb, Of("approval", id), was, r.state())
	})
	r.look(by, now)
	return r, err
}

// WithdrawApproval ends a request before it is done. It takes whoever asked, and
// the right with which they asked.
func (a *Access) WithdrawApproval(ctx context.Context, by Actor, id ApprovalID) (Approval, error) {
	return a.editOwn(ctx, by, id, "approval.withdraw", func(tx *db.Tx, r *Approval, now time.Time) error {
		return r.end(tx, by.Workspace, ApprovalWithdrawn, now)
	})
}

// ExplainApproval says why something is asked for, once.
func (a *Access) ExplainApproval(ctx context.Context, by Actor, id ApprovalID, why string) (Approval, error) {
	return a.editOwn(ctx, by, id, "approval.explain", func(tx *db.Tx, r *Approval, _ time.Time) (err error) {
		if why, err = checkReason("why", why); err != nil {
			return err
		}
		if why == "" {
			return &hearth.Error{Code: hearth.Invalid, Field: "why", Message: "Say in a sentence why you ask, so that somebody else can decide."}
		}
		if r.Why != "" {
			return hearth.Errorf(hearth.Conflict, "A reason is given already, and whoever decides may have read it. Withdraw the request and ask again to give another.")
		}
		r.Why = why
		_, err = tx.Exec(`UPDATE approval SET why = ? WHERE workspace_id = ? AND id = ?`, why, int64(by.Workspace), int64(id))
		return err
	})
}

// editOwn changes an open request of the actor's own.
func (a *Access) editOwn(ctx context.Context, by Actor, id ApprovalID, verb string, change func(*db.Tx, *Approval, time.Time) error) (r Approval, err error) {
	if err := by.CheckSome(ReadApprovals); err != nil {
		return r, err
	}
	now := a.o.Clock()
	err = a.o.State.Write(ctx, func(tx *db.Tx) error {
		if r, err = readApproval(tx, by, id); err != nil {
			return err
		}
		was := r.state()
		if !r.own(by) {
			return hearth.Errorf(hearth.Denied, "Only whoever asked can explain or withdraw a request; refuse it instead.")
		}
		if err := by.CheckSome(r.Needs); err != nil {
			return err
		}
		if r.look(by, now); !r.Open() {
			return notWaiting(&r)
		}
		if err := change(tx, &r, now); err != nil {
			return err
		}
		return a.audit(tx, by, verb, Of("approval", id), was, r.state())
	})
	r.look(by, now)
	return r, err
}

// approvedForm is the purpose of sealed forms.
const approvedForm = "form of a request"

// Through is the actor with the form of a browser by which they came, sealed: where
// what they do takes four eyes, it can then be done again without typing it again.
// It must be sent with the same credential. A form too large is left out.
func (a *Access) Through(by Actor, form []byte) Actor {
	by.form = ""
	if a.sealer == nil || len(form) > mostReplay {
		return by
	}
	if sealed, err := a.sealer.seal(by.User, approvedForm, form); err == nil {
		by.form = sealed
	}
	return by
}
