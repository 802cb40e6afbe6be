package access_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// proves ID5: strangers use up their own guesses, and never those of a person who
// was here before.
func TestGuessesOfStrangersAreBoundedAndTheOwnerStillEnters(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.owner()
	looked := 0
	for i := range 60 {
		_, err := h.SignIn(t.Context(), from(fmt.Sprintf("198.51.100.%d", i+1)), "ann", "a guess of a stranger")
		switch hearth.ErrorCode(err) {
		case hearth.Denied:
			looked++
		case hearth.TooMany:
		default:
			t.Fatal(err)
		}
	}
	if looked == 0 || looked > 20 {
		t.Errorf("%d guesses were looked at within an hour", looked)
	}
	if _, err := h.SignIn(t.Context(), home, "ann", password); err != nil {
		t.Errorf("the owner, from where they came before: %v", err)
	}
	h.clock.advance(time.Hour)
	if _, err := h.SignIn(t.Context(), from("198.51.100.200"), "ann", password); err != nil {
		t.Errorf("the owner from elsewhere, an hour later: %v", err)
	}
}

// proves ID2, I34
func TestSessionsEndWhenTheyAreIdleOldOrTheRoleChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	_, token, err := h.Invite(t.Context(), ann, access.InvitationDraft{Role: access.Agent})
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.AcceptInvitation(t.Context(), home, token, access.Draft{Name: "ben", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	ben := h.actor(e)
	if !h.Holds(t.Context(), ben) || ben.May(access.WriteUsers) {
		t.Fatalf("ben is %+v", ben)
	}
	if _, err := h.ChangeRole(t.Context(), ann, ben.User, 1, access.Viewer); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.SessionActor(t.Context(), e.Token); err == nil || h.Holds(t.Context(), ben) {
		t.Error("a session outlives the role it began with")
	}
	if _, err := h.ChangeRole(t.Context(), ann, ann.User, 1, access.Viewer); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("the last owner steps down: %v", err)
	}
	if e, err = h.SignIn(t.Context(), home, "ben", password); err != nil { // used every 11 hours it lives, until it is 7 days old
		t.Fatal(err)
	}
	for age := time.Duration(0); age < 7*24*time.Hour-11*time.Hour; age += 11 * time.Hour {
		h.clock.advance(11 * time.Hour)
		if _, _, err := h.SessionActor(t.Context(), e.Token); err != nil {
			t.Fatalf("after %v: %v", age+11*time.Hour, err)
		}
	}
	h.clock.advance(11 * time.Hour)
	if _, _, err := h.SessionActor(t.Context(), e.Token); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("a session of more than 7 days: %v", err)
	}
	e, err = h.SignIn(t.Context(), home, "ben", password)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.advance(12 * time.Hour)
	if _, _, err := h.SessionActor(t.Context(), e.Token); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("a session idle for 12 hours: %v", err)
	}
}

// code is RFC 6238, written again.
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	binary.Write(mac, binary.BigEndian, uint64(at.Unix()/30))
	sum := mac.Sum(nil)
	o := sum[19] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[o:])&0x7fffffff)%1_000_000)
}

// proves ID3 for codes
func TestACodeIsAskedForAndIsGoodOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann := h.owner()
	n, err := h.BeginAuthenticator(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	recovery, token, err := h.EnableAuthenticator(t.Context(), ann, n.Ticket, code(t, n.Secret, h.clock.Now()))
	if err != nil || len(recovery) != 10 {
		t.Fatalf("%d codes, %v", len(recovery), err)
	}
	if h.Holds(t.Context(), ann) {
		t.Error("the session from before the second factor lives on")
	}
	if _, _, err := h.SessionActor(t.Context(), token); err != nil {
		t.Errorf("the one in its place: %v", err)
	}
	h.clock.advance(time.Minute)
	now := code(t, n.Secret, h.clock.Now())
	for i, want := range []hearth.Code{"", hearth.Denied} {
		e, err := h.SignIn(t.Context(), home, "ann", password)
		if err != nil || e.Token != "" || e.Second == "" {
			t.Fatalf("the password alone: %+v, %v", e, err)
		}
		if _, err := h.SecondFactor(t.Context(), home, e.Second, now); hearth.ErrorCode(err) != want {
			t.Errorf("use %d of a code: %v", i+1, err)
		}
	}
	for i, want := range []hearth.Code{"", hearth.Denied} {
		e, err := h.SignIn(t.Context(), home, "ann", password)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.SecondFactor(t.Context(), home, e.Second, recovery[0]); hearth.ErrorCode(err) != want {
			t.Errorf("use %d of a recovery code: %v", i+1, err)
		}
	}
}

// proves I42: a line that was changed behind Hearth's back is found.
func TestAnAlteredAuditLineIsFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.owner()
	for i := range 5 {
		if _, err := h.AddBrand(t.Context(), operator, fmt.Sprint("Lumen ", i), 0); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := h.VerifyAudit(t.Context(), operator); err != nil || c.Wrong != 0 || c.Lines < 6 {
		t.Fatalf("%+v, %v", c, err)
	}
	err := h.state.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Try(`UPDATE audit SET actor = 'nobody' WHERE workspace_id = 1 AND id = 3`)
		return err
	})
	if err == nil {
		t.Error("a line can be changed through the database that Hearth opens")
	}
	err = h.state.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE audit_head SET id = id + 1 WHERE workspace_id = 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := h.VerifyAudit(t.Context(), operator); err != nil || c.Wrong == 0 {
		t.Errorf("a missing end: %+v, %v", c, err)
	}
}
