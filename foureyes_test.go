package hearth_test

import (
	"context"
	"errors"
	"io"
	"net/http/cookiejar"
	"path"
	"strings"
	"testing"

	"hearth"
	"hearth/client"
)

// proves TN7 for every verb that takes four eyes, through the API: the first time it
// is asked for and nothing is done, and once another person has approved it, the same
// call does it, once.
func TestEveryVerbThatTakesFourEyesWaitsForThem(t *testing.T) {
	t.Parallel()
	_, operator := serve(t)
	person := func() *client.Client {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := client.New(operator.Address(), client.Options{Cookies: jar})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const password = "a lamp beside the window"
	ann, ben := person(), person()
	link, err := operator.SetUpLink(ctx)
	must(err)
	_, err = ann.SetUp(ctx, client.NewUser{Token: link.Token, Name: "ann", Password: password})
	must(err)
	invited, err := ann.Invite(ctx, client.InvitationDraft{Role: "owner"})
	must(err)
	_, err = ben.AcceptInvitation(ctx, client.NewUser{Token: path.Base(invited.Link.Path), Name: "ben", Password: password})
	must(err)

	file := `{"network":"shop","id":"1","text":"tea","published":"2026-11-01T10:00:00Z","author":{"id":"a"}}` + "\n"
	imported, err := ann.Import(ctx, strings.NewReader(file), client.ImportOptions{Name: "posts.ndjson", Format: "ndjson"}, func(client.ImportProgress) {})
	must(err)
	feed, err := ann.AddSource(ctx, client.SourceDraft{Network: "feed", Settings: map[string]string{"url": "https://news.acme.example/feed"}})
	must(err)
	hook, err := ann.AddChannel(ctx, client.ChannelDraft{Kind: "webhook", Name: "tickets", Address: "https://hooks.acme.example/in"})
	must(err)
	users, err := ann.Users(ctx)
	must(err)
	four, err := ann.SetFourEyes(ctx, client.FourEyesChange{Areas: []string{"exports", "erasure", "roles", "sources", "channels"}})
	must(err)

	var me client.User
	for _, u := range users {
		if u.Name == "ben" {
			me = u
		}
	}
	other := "https://elsewhere.example/in"
	name := "the news"
	for _, one := range []struct {
		verb string
		do   func(context.Context) error
	}{
		{"posts.export", func(ctx context.Context) error {
			body, err := ann.Export(ctx, client.ExportRequest{Search: client.Search{Query: "tea"}})
			if err == nil {
				_, err = io.Copy(io.Discard, body)
				err = errors.Join(err, body.Close())
			}
			return err
		}},
		{"audit.export", func(ctx context.Context) error {
			return ann.ExportAudit(ctx, client.AuditSearch{Verb: "source.add"}, "csv", io.Discard)
		}},
		{"provider.add", func(ctx context.Context) error {
			_, err := ann.AddProvider(ctx, client.ProviderDraft{Name: "Acme", Issuer: "https://id.acme.example", ClientID: "hearth", Secret: "an invented secret"})
			return err
		}},
		{"import.undo", func(ctx context.Context) error { _, err := ann.UndoImport(ctx, imported.ID); return err }},
		{"invitation.add", func(ctx context.Context) error {
			_, err := ann.Invite(ctx, client.InvitationDraft{Role: "agent"})
			return err
		}},
		{"source.add", func(ctx context.Context) error {
			_, err := ann.AddSource(ctx, client.SourceDraft{Network: "feed", Name: "more news", Settings: map[string]string{"url": "https://more.acme.example/feed"}})
			return err
		}},
		{"source.change", func(ctx context.Context) error {
			_, err := ann.ChangeSource(ctx, feed.ID, client.SourceChange{Version: feed.Version, Name: &name})
			return err
		}},
		{"channel.add", func(ctx context.Context) error {
			_, err := ann.AddChannel(ctx, client.ChannelDraft{Kind: "webhook", Name: "more", Address: other})
			return err
		}},
		{"channel.change", func(ctx context.Context) error {
			_, err := ann.ChangeChannel(ctx, hook.ID, client.ChannelChange{Version: hook.Version, Address: &other})
			return err
		}},
		{"four-eyes.change", func(ctx context.Context) error {
			_, err := ann.SetFourEyes(ctx, client.FourEyesChange{Version: four.Version, Areas: []string{"roles"}})
			return err
		}},
	} {
		var e *hearth.Error
		if err := one.do(ctx); !errors.As(err, &e) || e.Code != hearth.Denied || e.Field != "approval" {
			t.Fatalf("%s is done by one person: %v", one.verb, err)
		}
		page, err := ben.Approvals(ctx, client.ApprovalSearch{Open: true})
		must(err)
		if len(page.Approvals) != 1 || page.Waiting != 1 || page.Approvals[0].Verb != one.verb || !page.Approvals[0].MayDecide {
			t.Fatalf("%s: %+v waits", one.verb, page)
		}
		if _, err := ann.Approve(ctx, page.Approvals[0].ID, ""); hearth.ErrorCode(err) != hearth.Denied {
			t.Fatalf("%s: who asked approves it: %v", one.verb, err)
		}
		if _, err := ben.Approve(ctx, page.Approvals[0].ID, ""); err != nil {
			t.Fatalf("%s: %v", one.verb, err)
		}
		if err := one.do(ctx); err != nil {
			t.Fatalf("%s is approved and not done: %v", one.verb, err)
		}
		if r, err := ann.Approval(ctx, page.Approvals[0].ID); err != nil || r.State != "done" {
			t.Fatalf("%s: %s, %v", one.verb, r.State, err)
		}
	}
	if _, err := ann.Because("He is back.").ChangeRole(ctx, me.ID, me.Version, "admin"); hearth.ErrorCode(err) != hearth.Conflict {
		t.Errorf("the last but one owner goes: %v", err)
	}
	paused := true
	hooks, err := ann.Channel(ctx, hook.ID)
	must(err)
	if _, err := ann.ChangeChannel(ctx, hook.ID, client.ChannelChange{Version: hooks.Version, Paused: &paused}); err != nil {
		t.Errorf("to stop sending waits for somebody: %v", err)
	}
}
