package access_test

import (
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

// asksProof asks a device for a proof.
func (h *house) asksProof(by access.Actor) access.Ceremony {
	h.t.Helper()
	c, err := h.BeginProof(h.t.Context(), by, atHome)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func TestAPasskeyProvesAgainWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	phone, p, ann := h.addPasskey(h.owner(), "Ann's phone")
	h.clock.advance(time.Hour)
	_, err := h.RemovePasskey(t.Context(), ann, p.ID)
	wantCode(t, "removing a passkey an hour after the last proof", err, hearth.Denied)
	c := h.asksProof(ann)
	if err := h.ProveByPasskey(t.Context(), ann, c.Ticket, phone.signed(t, c)); err != nil {
		t.Fatal(err)
	}
	ann, err = h.again(ann)
	if err != nil || ann.CheckFresh(h.clock.Now()) != nil {
		t.Fatalf("the proof does not hold: %v", err)
	}
	log, err := h.AuditLog(t.Context(), operator, access.AuditSearch{Verb: "session.prove"})
	if err != nil || len(log.Lines) != 1 || log.Lines[0].Now != `{"method":"passkey"}` {
		t.Errorf("%+v, %v", log.Lines, err)
	}
	if _, err := h.RemovePasskey(t.Context(), ann, p.ID); err != nil {
		t.Error(err)
	}
}

// again is the actor of a session that addPasskey began, as it is now.
func (h *house) again(by access.Actor) (access.Actor, error) {
	now, _, err := h.SessionActor(h.t.Context(), h.tokens[by.Session])
	return now, err
}

// proves ID3 and TK1 for the questions of a proof: a wrong answer proves nothing,
// and what was asked for another purpose, of another person, or before, neither.
func TestAWrongAnswerOfADeviceProvesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	phone, _, ann := h.addPasskey(h.owner(), "phone")
	_, link, err := h.Invite(t.Context(), operator, access.InvitationDraft{Role: access.Lead})
	if err != nil {
		t.Fatal(err)
	}
	e, err := h.AcceptInvitation(t.Context(), home, link, access.Draft{Name: "ben", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	bens, _, ben := h.addPasskey(h.actor(e), "tablet")
	h.clock.advance(time.Hour)
	refused := func(what string, by access.Actor, ticket string, answer []byte) {
		t.Helper()
		wantCode(t, what, h.ProveByPasskey(t.Context(), by, ticket, answer), hearth.Denied)
		h.clock.advance(time.Hour) // past the limit of guesses
		if now, err := h.again(by); err != nil || now.CheckFresh(h.clock.Now()) == nil {
			t.Errorf("%s proves something: %v", what, err)
		}
	}
	c := h.asksProof(ann)
	answer := phone.signed(t, c)
	refused("the question of somebody else", ben, c.Ticket, answer)
	c = h.asksProof(ann)
	refused("the key of somebody else", ann, c.Ticket, bens.signed(t, c))
	refused("a question that was answered", ann, c.Ticket, phone.signed(t, c))
	c = h.asksProof(ann)
	h.asksProof(ann)
	refused("a question that another followed", ann, c.Ticket, phone.signed(t, c))
	c = h.asksProof(ann)
	refused("no answer", ann, c.Ticket, []byte("{}"))
	late := h.asksProof(ann)
	signed := phone.signed(t, late)
	h.clock.advance(6 * time.Minute)
	refused("an answer after six minutes", ann, late.Ticket, signed)
	c = h.ask(t)
	refused("the question of a sign-in", ann, c.Ticket, phone.signed(t, c))
	wantCode(t, "a proof at no place", func() error { _, err := h.BeginProof(t.Context(), ann, access.Site{}); return err }(), hearth.Invalid)
	c = h.asksProof(ann)
	for range 5 {
		h.ProveByPasskey(t.Context(), ann, c.Ticket, []byte("{}"))
	}
	wantCode(t, "the sixth guess", h.ProveByPasskey(t.Context(), ann, c.Ticket, phone.signed(t, c)), hearth.TooMany)
}
