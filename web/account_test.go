package web_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hearth/access"
)

func TestPeopleSayHowTheyReadAndItHoldsInEveryBrowser(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	page := ann.sees("/settings/account")
	holds(t, page, `value="Ann Example"`, "Firefox on Linux", "this browser", "owner")

	answer, body := ann.sends("/settings/account", "version", "1", "full_name", "Ann E.", "mail", "nobody", "zone", "Europe/Helsinki")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong address answers %d", answer.StatusCode)
	}
	holds(t, body, "Write the mail address", `value="Ann E."`, `value="nobody"`, `value="Europe/Helsinki"`)

	page = ann.follow("/settings/account", "version", "1", "full_name", "Ann E.", "mail", "ann@acme.example", "language", "de", "zone", "Europe/Helsinki", "theme", "dark")
	holds(t, page, `<html lang="de" data-theme="dark">`, "Gespeichert.", "Ann E.", "Europe/Helsinki")
	elsewhere := h.stranger()
	elsewhere.follow("/sign-in", "name", "ann", "password", secret)
	holds(t, elsewhere.sees("/status"), `<html lang="de" data-theme="dark">`)
	elsewhere.follow("/look", "theme", "light", "lang", "fi", "back", "/status")
	holds(t, ann.sees("/status"), `<html lang="fi" data-theme="light">`)

	if answer, _ := ann.sends("/settings/account", "version", "1", "full_name", "Ann"); answer.StatusCode != http.StatusConflict {
		t.Errorf("a change of what was seen before answers %d", answer.StatusCode)
	}
}

func TestAChangedPasswordEndsAllOtherSessions(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	elsewhere := h.stranger()
	elsewhere.agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	elsewhere.follow("/sign-in", "name", "ann", "password", secret)
	holds(t, ann.sees("/settings/account"), "Safari on iPhone")

	answer, body := ann.sends("/settings/account/password", "old", "wrong wrong wrong", "password", "another lamp by the sea")
	if answer.StatusCode != http.StatusForbidden || strings.Contains(body, "another lamp") {
		t.Fatalf("a wrong password answers %d", answer.StatusCode)
	}
	holds(t, body, "The password is wrong.")
	if answer, body = ann.sends("/settings/account/password", "old", secret, "password", "short"); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a short password answers %d", answer.StatusCode)
	}
	holds(t, body, "at least 12 characters")
	page := ann.follow("/settings/account/password", "old", secret, "password", "another lamp by the sea")
	holds(t, page, "Your password is changed", "this browser")
	if strings.Contains(page, "Safari on iPhone") {
		t.Error("a session from before the change is still there")
	}
	if answer, _ := elsewhere.gets("/settings/account"); answer.StatusCode == http.StatusOK {
		t.Error("the other browser is still signed in")
	}
}

func TestSessionsAreEndedOneByOneAndAllAtOnce(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	var others []*person
	for range 3 {
		p := h.stranger()
		p.follow("/sign-in", "name", "ann", "password", secret)
		others = append(others, p)
	}
	id := fmt.Sprint(others[0].acts().Session)
	holds(t, ann.follow("/settings/account/sessions", "id", id), "That browser is signed out.")
	if answer, _ := others[0].gets("/settings"); answer.StatusCode == http.StatusOK {
		t.Error("the browser is still signed in")
	}
	others[1].sees("/settings")
	page := ann.follow("/settings/account/sessions", "do", "others")
	holds(t, page, "All other browsers are signed out.")
	if strings.Contains(page, "Sign out everywhere else") {
		t.Error("nobody else is there to be signed out")
	}
	ben := ann.invited("ben", access.Viewer)
	if answer, _ := ben.sends("/settings/account/sessions", "id", fmt.Sprint(ann.acts().Session)); answer.StatusCode != http.StatusNotFound {
		t.Errorf("the session of somebody else answers %d", answer.StatusCode)
	}
	ann.sees("/settings")
}

// code is RFC 6238.
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

func TestAnAuthenticatorAppIsSetUpByItsPictureAndTakenAway(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	_, page := ann.sends("/settings/account/app")
	holds(t, page, `<svg class="qr" viewBox="0 0 `, `name="ticket"`)
	ticket := regexp.MustCompile(`name="ticket" value="([^"]+)"`).FindStringSubmatch(page)[1]
	typed := regexp.MustCompile(`<code>([A-Z2-7 ]+)</code>`).FindStringSubmatch(page)[1]
	key := strings.ReplaceAll(typed, " ", "")
	address := "otpauth://totp/Hearth:ann?secret=" + key + "&issuer=Hearth"
	answer, page := ann.sends("/settings/account/app/on", "ticket", ticket, "address", address, "code", "000000")
	if answer.StatusCode != http.StatusForbidden {
		t.Fatalf("a wrong code answers %d", answer.StatusCode)
	}
	holds(t, page, "The code is wrong", `class="qr"`, typed)

	answer, page = ann.sends("/settings/account/app/on", "ticket", ticket, "address", address, "code", code(t, key, now))
	codes := regexp.MustCompile(`<code>([a-z0-9-]{19})</code>`).FindAllStringSubmatch(page, -1)
	if answer.StatusCode != http.StatusOK || len(codes) != 10 {
		t.Fatalf("%d, %d codes", answer.StatusCode, len(codes))
	}
	holds(t, ann.sees("/settings/account"), "Codes are asked for.", "10 recovery codes left")

	again := h.stranger()
	_, page = again.sends("/sign-in", "name", "ann", "password", secret)
	second := regexp.MustCompile(`name="second" value="([^"]+)"`).FindStringSubmatch(page)[1]
	again.follow("/second", "second", second, "code", codes[0][1])
	holds(t, again.sees("/settings/account"), "9 recovery codes left")
	holds(t, again.follow("/settings/account/app/off"), "No codes are asked for any more.", "Not set up.")
}

// TestProofIsAskedForAndThenTheFormGoesOn: what needs a fresh proof asks for it,
// sends the form on that was sent, and shows no secret of it.
func TestProofIsAskedForAndThenTheFormGoesOn(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	h.advance(20 * time.Minute)
	answer, page := ann.sends("/settings/account/app", "in-workspace", "1", "note", `"><script>`)
	if answer.StatusCode != http.StatusForbidden {
		t.Fatalf("without a proof it answers %d", answer.StatusCode)
	}
	holds(t, page, `name="prove-to" value="/settings/account/app"`, `name="prove-again"`, `name="note" value="&#34;&gt;&lt;script&gt;"`)
	answer, page = ann.sends("/prove", "prove-to", "/settings/account/app", "prove-again", "1", "note", "kept", "prove-secret", "wrong wrong wrong")
	if answer.StatusCode != http.StatusForbidden {
		t.Fatalf("a wrong proof answers %d", answer.StatusCode)
	}
	holds(t, page, "The password is wrong.", `name="note" value="kept"`)
	answer, _ = ann.sends("/prove", "prove-to", "/settings/account/app", "prove-again", "1", "prove-secret", secret)
	if answer.StatusCode != http.StatusTemporaryRedirect || answer.Header.Get("Location") != "/settings/account/app" {
		t.Fatalf("after a proof it answers %d to %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	if answer, _ = ann.sends("/settings/account/app"); answer.StatusCode != http.StatusOK {
		t.Errorf("with a proof it answers %d", answer.StatusCode)
	}
	for to, want := range map[string]string{"/settings": "/settings", "//evil.example": "/", "https://evil.example": "/"} {
		for _, again := range []string{"", "1"} {
			answer, _ := ann.sends("/prove", "prove-to", to, "prove-again", again, "prove-secret", secret)
			if got := answer.Header.Get("Location"); got != want {
				t.Errorf("a proof for %q leads to %q", to, got)
			}
		}
	}
}

// proves TN5 for pages: a page from before a switch does nothing in the workspace
// that it was not made for.
func TestAFormDoesNothingInAWorkspaceThatItWasNotMadeFor(t *testing.T) {
	t.Parallel()
	_, ann := owned(t)
	answer, body := ann.sends("/settings/account", "in-workspace", "2", "version", "1", "full_name", "Ann")
	if answer.StatusCode != http.StatusConflict {
		t.Errorf("it answers %d", answer.StatusCode)
	}
	holds(t, body, "switched to another workspace")
	ann.follow("/settings/account", "in-workspace", "1", "version", "1", "full_name", "Ann")
}

func TestSettingsShowWhatTheVisitorMay(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	holds(t, ann.sees("/settings"), "/settings/account")
	h.actor = func(*http.Request) (access.Actor, error) { return access.Limited(here, 0, access.ReadPosts), nil }
	page, _ := h.page("/settings")
	holds(t, page, "for people who are signed in")
	if answer, _ := h.get("/settings/account"); answer.StatusCode == http.StatusOK {
		t.Error("nobody in particular has an account")
	}
}
