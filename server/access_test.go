package server_test

import (
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"hearth"
	"hearth/client"
)

// visitor is a client with a browser's cookies and no key.
func (r *running) visitor(t *testing.T) *client.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(r.address, client.Options{Cookies: jar})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const password = "a lamp beside the window"

// owner sets the server up.
func (r *running) owner(t *testing.T) *client.Client {
	t.Helper()
	link, err := r.Client.SetUpLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(link.Path, "/set-up/hu_") {
		t.Errorf("the link leads to %s", link.Path)
	}
	ann := r.visitor(t)
	if _, err := ann.SetUp(t.Context(), client.NewUser{Token: link.Token, Name: "ann", Password: password}); err != nil {
		t.Fatal(err)
	}
	return ann
}

// proves TK1, I34 at the door: a session ends for the API when its owner ends it.
func TestPeopleComeInByTheirSessionAndGo(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	ann := r.owner(t)
	who, err := ann.WhoAmI(t.Context())
	if err != nil || who.Kind != "user" || who.Name != "ann" || who.Role != "owner" {
		t.Fatalf("the owner is %+v, %v", who, err)
	}
	phone := r.visitor(t)
	if _, err := phone.SignIn(t.Context(), "ann", password); err != nil {
		t.Fatal(err)
	}
	sessions, err := ann.Sessions(t.Context())
	if err != nil || len(sessions) != 2 {
		t.Fatalf("%d sessions, %v", len(sessions), err)
	}
	if err := ann.EndOtherSessions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := phone.WhoAmI(t.Context()); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("a session that was ended from elsewhere: %v", err)
	}
	if err := ann.ChangePassword(t.Context(), password, "two lamps beside the window"); err != nil {
		t.Fatal(err)
	}
	if _, err := ann.Account(t.Context()); err != nil {
		t.Errorf("after the change of the password, here: %v", err)
	}
	if err := ann.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := ann.WhoAmI(t.Context()); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("after signing out: %v", err)
	}
}

func TestAKeyOpensWhatItIsForAndNothingElse(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	ann := r.owner(t)
	made, err := ann.AddKey(t.Context(), client.KeyDraft{Name: "reports", Scopes: []string{"monitors.read"}})
	if err != nil {
		t.Fatal(err)
	}
	program, err := client.New(r.address, client.Options{Key: made.Token})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := program.Monitors(t.Context()); err != nil {
		t.Errorf("what the key is for: %v", err)
	}
	if _, err := program.Sources(t.Context()); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("what it is not for: %v", err)
	}
	if err := ann.RevokeKey(t.Context(), made.Key.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := program.Monitors(t.Context()); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("after it was revoked: %v", err)
	}
}

func TestASessionIsNoneForAPageElsewhere(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	r.owner(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.address+"/api/session", strings.NewReader(`{"name":"ann","password":"`+password+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden || len(answer.Cookies()) > 0 {
		t.Errorf("%s, %v", answer.Status, answer.Cookies())
	}
}

// proves ID4: no header in which some proxy says who somebody is lets anybody in.
func TestHeadersThatNameSomebodyLetNobodyIn(t *testing.T) {
	t.Parallel()
	r := start(t, configIn(t.TempDir()))
	r.owner(t)
	for _, header := range []string{
		"Remote-User", "X-Remote-User", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Preferred-Username", "X-Auth-Request-User", "X-Auth-Request-Email",
		"X-Webauth-User", "X-Authenticated-User", "X-User", "X-Token-Subject", "X-Goog-Authenticated-User-Email", "X-MS-Client-Principal-Name", "Cf-Access-Authenticated-User-Email",
		"Hearth-Workspace", "Hearth-User", "X-Hearth-User", "X-Original-User", "Tailscale-User-Login", "X-SSL-Client-S-DN", "Impersonate-User",
	} {
		for _, value := range []string{"ann", "owner", "1", "CN=ann", "ann@acme.example"} {
			if answer, text := r.ask("GET", "/api/session", "", "", header, value, "X-Forwarded-For", "127.0.0.1"); answer.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s: %s is answered %d: %.100s", header, value, answer.StatusCode, text)
			}
		}
	}
}
