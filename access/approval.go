package access

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hearth"
	"hearth/db"
)

// ApprovalID names a request for approval within its workspace.
type ApprovalID int64

func (id ApprovalID) String() string { return strconv.FormatInt(int64(id), 10) }

// Action is what somebody is about to do, exactly. The verb that does it fills it
// in, never whoever asks: so nobody is shown one thing and approves another.
type Action struct {
	Area   Area
	Verb   string     // as in the audit log
	Object Object     // without ID where it is to be made
	Needs  Permission // the right of whoever does it, and of whoever approves it
	Gives  []Role     // that are given or taken: whoever approves must cover them
	Was    any        // for people, as in Record; no secrets
	Now    any

	// Bound is everything that decides what happens, with the version of what is
	// changed. It is kept as a sum only: another content is another request.
	Bound any
	// Secret is what of that must not be guessed from the sum; nil: nothing.
	Secret any
}

// Guarded is State.Write for a verb that may take four eyes: do calls Claim. Where
// nobody has approved yet, nothing of do is done, the request is stored, and the
// error is an *Asked.
func Guarded(ctx context.Context, state *db.DB, do func(*db.Tx) error) error {
	err := state.Write(ctx, do)
	var u *unapproved
	if !errors.As(err, &u) {
		return err
	}
	var id ApprovalID
	err = state.Write(ctx, func(tx *db.Tx) (err error) {
		id, err = ask(tx, u)
		return err
	})
	if err != nil {
		return err
	}
	return asked(id)
}

// Claim is nil if the action may be done now, in this transaction: its area is not
// kept by four eyes, or somebody else approved exactly this of exactly this actor,
// and still might. The approval is used up with the transaction. It is called last,
// before Record, when nothing else can be wrong any more, within Guarded.
func Claim(tx *db.Tx, at time.Time, by Actor, a Action) error {
	f, err := readFourEyes(tx, by.Workspace)
	if err != nil || !f.On(a.Area) {
		return err
	}
	u := &unapproved{at: at, by: by, action: a}
	if u.digest, err = a.digest(f.salt); err != nil {
		return err
	}
	r, found, err := claimable(tx, u)
	if err != nil {
		return err
	}
	if !found || r.State != ApprovalGiven {
		return u
	}
	if may, err := stillApproves(tx, &r); err != nil || !may {
		return errors.Join(err, u)
	}
	if err := r.end(tx, by.Workspace, ApprovalUsed, at); err != nil {
		return err
	}
	return Record(tx, at, by, "approval.use", Of("approval", r.ID), r.state(), nil)
}

// NoteClaimed is Note for a verb that may take four eyes: Claim and Record, Guarded.
func NoteClaimed(ctx context.Context, state *db.DB, at time.Time, by Actor, a Action) error {
	return Guarded(ctx, state, func(tx *db.Tx) error {
		if err := Claim(tx, at, by, a); err != nil {
			return err
		}
		return Record(tx, at, by, a.Verb, a.Object, a.Was, a.Now)
	})
}

// unapproved is why an action is not done; of it Guarded makes a request.
type unapproved struct {
	at     time.Time
	by     Actor
	action Action
	digest []byte
}

// errUnapproved is what is left of an unapproved that no Guarded caught.
var errUnapproved = &hearth.Error{Code: hearth.Denied, Field: "approval", Message: "Somebody else must approve this."}

func (u *unapproved) Error() string { return errUnapproved.Message }
func (u *unapproved) Unwrap() error { return errUnapproved }

// Asked is the error of an action that waits for a second person.
type Asked struct {
	Request ApprovalID
	err     hearth.Error
}

func asked(id ApprovalID) *Asked {
	return &Asked{id, hearth.Error{Code: hearth.Denied, Field: "approval", Message: fmt.Sprintf(
		"This takes four eyes: somebody else must approve it. Request %d waits for them; once it is approved, do exactly the same again. See: hearth approval show %d", id, id)}}
}

func (a *Asked) Error() string { return a.err.Message }
func (a *Asked) Unwrap() error { return &a.err }

// Because is the actor with the reason why they ask, where what they do takes four
// eyes.
func (a Actor) Because(why string) Actor {
	a.why = why
	return a
}

// stretch is how often a secret is hashed: what is kept must not tell it to whoever
// reads the database (SE1).
const stretch = 100_000

// digest is the sum of everything that decides what an action does: SHA-256 over
// its parts, each with its length before it; the secret part by PBKDF2.
func (a *Action) digest(salt []byte) ([]byte, error) {
	bound, err := json.Marshal(a.Bound)
	if err != nil {
		return nil, fmt.Errorf("summing up what is to be approved: %w", err)
	}
	secret := []byte{}
	if a.Secret != nil {
		if secret, err = json.Marshal(a.Secret); err == nil {
			secret, err = pbkdf2.Key(sha256.New, string(secret), salt, stretch, sha256.Size)
		}
		if err != nil {
			return nil, fmt.Errorf("summing up what is to be approved: %w", err)
		}
	}
	h := sha256.New()
	for _, part := range [...][]byte{salt, []byte(a.Area), []byte(a.Verb), []byte(a.Object.Kind), []byte(a.Object.ID), []byte(a.Needs), bound, secret} {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	return h.Sum(nil), nil
}

// claimable is the newest request of exactly this action by exactly this actor that
// is open.
func claimable(tx *db.Tx, u *unapproved) (r Approval, found bool, err error) {
	r, err = scanApproval(tx.QueryRow(selectApproval+`
WHERE workspace_id = ? AND digest = ? AND kind = ? AND user_id = ? AND key_id = ? AND state IN ('waiting', 'approved') AND expires > ?
ORDER BY id DESC LIMIT 1`, int64(u.by.Workspace), u.digest, string(u.by.Kind), int64(u.by.User), int64(u.by.Key), db.Micros(u.at)))
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

// stillApproves says whether whoever approved a request could do so now.
func stillApproves(tx *db.Tx, r *Approval) (bool, error) {
	m, err := readMember(tx, r.workspace, r.DecidedBy)
	if hearth.ErrorCode(err) == hearth.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	covered := !slices.ContainsFunc(r.Gives, func(role Role) bool { return !m.Role.covers(role) })
	return r.DecidedBy != r.User && m.mayStill(WriteApprovals) && m.mayStill(r.Needs) && covered, nil
}

const (
	askedFor     = 7 * 24 * time.Hour // how long a request waits
	approvedFor  = 24 * time.Hour     // how long an approval is good, once
	mostAsked    = 100                // open requests of one actor
	mostAskedAll = 1000               // of a workspace
	mostWhy      = 1000               // characters of a reason
	mostReplay   = 32 << 10           // bytes of a form that is kept
	keptRequests = 400 * 24 * time.Hour
)

// ask stores the request for an action, unless the same one is open already. An
// approval that does not hold any more is void.
func ask(tx *db.Tx, u *unapproved) (ApprovalID, error) {
	r, found, err := claimable(tx, u)
	if err != nil {
		return 0, err
	}
	if found && r.State == ApprovalGiven {
		may, err := stillApproves(tx, &r)
		if err != nil {
			return 0, err
		}
		if !may {
			found = false
			if err := r.end(tx, u.by.Workspace, ApprovalVoid, u.at); err != nil {
				return 0, err
			}
		}
	}
	if found {
		return r.ID, nil
	}
	why, err := checkReason("why", u.by.why)
	if err != nil {
		return 0, err
	}
	ws, a := int64(u.by.Workspace), &u.action
	var all, own int64
	var id ApprovalID
	err = tx.QueryRow(`
SELECT coalesce(max(id), 0) + 1, count(*) FILTER (WHERE state IN ('waiting', 'approved') AND expires > ?2),
    count(*) FILTER (WHERE state IN ('waiting', 'approved') AND expires > ?2 AND kind = ?3 AND user_id = ?4 AND key_id = ?5)
FROM approval WHERE workspace_id = ?1`, ws, db.Micros(u.at), string(u.by.Kind), int64(u.by.User), int64(u.by.Key)).Scan(&id, &all, &own)
	if err != nil {
		return 0, err
	}
	if own >= mostAsked || all >= mostAskedAll {
		return 0, hearth.Errorf(hearth.TooMany, "%d requests wait for approval already; withdraw some, or wait until they are decided.", max(own, all))
	}
	r = Approval{
		ID: id, Area: a.Area, Verb: a.Verb, Object: Object{short(a.Object.Kind), short(a.Object.ID)}, Needs: a.Needs, Gives: a.Gives, Why: why,
		Kind: u.by.Kind, User: u.by.User, Key: u.by.Key, Actor: short(u.by.Name), Asked: u.at, Expires: u.at.Add(askedFor), State: ApprovalWaiting,
	}
	if r.Was, err = state(a.Was); err != nil {
		return 0, err
	}
	if r.Now, err = state(a.Now); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`
INSERT INTO approval (workspace_id, id, area, verb, object_kind, object_id, needs, gives, digest, was, now, why, form, kind, user_id, key_id, actor,
    asked, expires, state, decided_by, decider, note, decided, ended)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, '', '', 0, 0)`,
		ws, int64(id), string(r.Area), r.Verb, r.Object.Kind, r.Object.ID, string(r.Needs), spaced(r.Gives), u.digest, r.Was, r.Now, r.Why, u.by.form,
		string(r.Kind), int64(r.User), int64(r.Key), r.Actor, db.Micros(r.Asked), db.Micros(r.Expires))
	if err != nil {
		return 0, err
	}
	return id, Record(tx, u.at, u.by, "approval.ask", Of("approval", id), nil, r.state())
}

// checkReason tidies what somebody says about a request.
func checkReason(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > mostWhy || hearth.Visible(text) != text {
		return "", &hearth.Error{Code: hearth.Invalid, Field: field, Message: fmt.Sprintf("Write at most %d visible characters, in one line.", mostWhy)}
	}
	return text, nil
}
