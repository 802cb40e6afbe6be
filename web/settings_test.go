package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hearth"
	"hearth/access"
)

func TestSomebodyIsInvitedGivenARoleAndKeptOut(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	holds(t, ann.sees("/settings/team"), "Ann Example", "You are alone here.", "No teams yet.")
	holds(t, ann.sees("/settings/team/invite"), `<option value="agent" selected`, "Answers people.")
	answer, page := ann.sends("/settings/team/invite", "role", "lead", "mail", "nobody", "days", "7")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a wrong address answers %d", answer.StatusCode)
	}
	holds(t, page, "Write the mail address", `value="nobody"`, `<option value="lead" selected`)
	answer, page = ann.sends("/settings/team/invite", "role", "agent", "mail", "ben@acme.example", "days", "1")
	link := regexp.MustCompile(`http://example\.com(/invitation/hi_[A-Za-z0-9_-]+)`).FindStringSubmatch(page)
	if answer.StatusCode != http.StatusOK || link == nil {
		t.Fatalf("%d without a link: %s", answer.StatusCode, page)
	}
	page = ann.sees("/settings/team")
	holds(t, page, "ben@acme.example", "Withdraw")
	if strings.Contains(page, link[1]) {
		t.Error("the link is shown again")
	}

	ben := h.stranger()
	holds(t, ben.sees(link[1]), "Hearth, as agent")
	ben.follow("/invitation", "token", strings.TrimPrefix(link[1], "/invitation/"), "name", "ben", "full_name", "Ben <b>", "password", secret)
	page = ben.sees("/settings/team")
	holds(t, page, "Ben &lt;b&gt;", "Ann Example")
	if strings.Contains(page, "/settings/team/invite") {
		t.Error("an agent is offered to invite")
	}
	for _, path := range []string{"/settings/team/invite", "/settings/keys", "/settings/audit"} {
		if answer, _ := ben.gets(path); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s answers an agent %d", path, answer.StatusCode)
		}
	}
	if page := ben.sees("/settings"); strings.Contains(page, "/settings/keys") || !strings.Contains(page, "/settings/team") {
		t.Error("the settings show an agent what is not theirs")
	}

	page = ann.follow("/settings/team/2", "do", "role", "role", "viewer", "version", "1")
	holds(t, page, "has another role", `name="role" value="agent"`, `<option value="viewer" selected`)
	if answer, _ := ben.gets("/settings/team"); answer.StatusCode == http.StatusOK {
		t.Error("a session outlives the role it began with")
	}
	page = ann.follow("/settings/team/2", "do", "role", "role", "agent", "version", "2") // undo
	holds(t, page, `<option value="agent" selected`)
	if answer, _ := ann.sends("/settings/team/2", "do", "role", "role", "lead", "version", "1"); answer.StatusCode != http.StatusConflict {
		t.Errorf("a change of what was seen before answers %d", answer.StatusCode)
	}
	if answer, _ := ann.sends("/settings/team/1", "do", "role", "role", "viewer", "version", "1"); answer.StatusCode != http.StatusConflict {
		t.Errorf("the last owner steps down: %d", answer.StatusCode)
	}
	holds(t, ann.follow("/settings/team/2", "do", "disable", "version", "3"), "is kept out", "Let in again", `value="enable"`)
	if answer, _ := ben.sends("/sign-in", "name", "ben", "password", secret); answer.StatusCode != http.StatusForbidden {
		t.Errorf("who is kept out comes in: %d", answer.StatusCode)
	}
	ann.follow("/settings/team/2", "do", "enable", "version", "4")
	ben.follow("/sign-in", "name", "ben", "password", secret)
	holds(t, ann.follow("/settings/team/2", "do", "sign-out"), "is signed out everywhere")
	if answer, _ := ben.gets("/settings"); answer.StatusCode == http.StatusOK {
		t.Error("who was signed out is still there")
	}
	for _, path := range []string{"/settings/team/9", "/settings/team/x", "/settings/teams/9", "/settings/teams/x"} {
		if answer, _ := ann.gets(path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, answer.StatusCode)
		}
	}
}

func TestAnInvitationIsWithdrawn(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	_, page := ann.sends("/settings/team/invite", "role", "agent", "days", "30")
	link := regexp.MustCompile(`/invitation/hi_[A-Za-z0-9_-]+`).FindString(page)
	holds(t, ann.follow("/settings/team/withdraw", "id", "1"), "holds no more")
	if answer, _ := h.stranger().gets(link); answer.StatusCode == http.StatusOK {
		t.Error("a withdrawn invitation lets somebody in")
	}
}

func TestTeamsAreMadeChangedAndTheirRemovalIsTakenBack(t *testing.T) {
	t.Parallel()
	_, ann := owned(t)
	ann.invited("ben", access.Agent)
	answer, page := ann.sends("/settings/teams", "name", " ", "member", "2")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a team without a name answers %d", answer.StatusCode)
	}
	holds(t, page, "visible characters", `value="2" checked`)
	holds(t, ann.follow("/settings/teams", "name", "Kettle", "member", "1", "member", "2"), "The team is saved.", "Kettle", "ben")
	page = ann.follow("/settings/teams", "id", "1", "version", "1", "name", "Pot", "member", "2")
	holds(t, page, "Pot")
	page = ann.follow("/settings/teams", "id", "1", "do", "remove")
	holds(t, page, "The team is removed", `name="name" value="Pot"`, `name="member" value="2"`, "No teams yet.")
	holds(t, ann.follow("/settings/teams", "name", "Pot", "member", "2"), "Pot")
}

func TestAKeyIsMadeShownOnceAndRevoked(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	holds(t, ann.sees("/settings/keys"), "No program has a key")
	answer, page := ann.sends("/settings/keys", "name", "reports", "days", "30")
	if answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("a key for nothing answers %d", answer.StatusCode)
	}
	holds(t, page, "Say what the key is for", `value="reports"`, `<option value="30" selected`)
	h.advance(time.Hour)
	pairs := []string{"name", "reports", "days", "30", "scopes", "posts.read", "scopes", "monitors.read"}
	answer, page = ann.sends("/settings/keys", pairs...)
	if answer.StatusCode != http.StatusForbidden || !strings.Contains(page, "prove-secret") || strings.Count(page, `name="scopes"`) != 2 {
		t.Fatalf("without a proof it answers %d: %s", answer.StatusCode, page)
	}
	if answer, _ := ann.sends("/prove", append(pairs, "prove-to", "/settings/keys", "prove-again", "1", "prove-secret", secret)...); answer.StatusCode != http.StatusTemporaryRedirect {
		t.Fatalf("the proof answers %d", answer.StatusCode)
	}
	_, page = ann.sends("/settings/keys", pairs...)
	token := regexp.MustCompile(`hk_[A-Za-z0-9_-]{43}`).FindString(page)
	by, err := h.access.KeyActor(t.Context(), token)
	if err != nil || !by.May(access.ReadPosts) || by.May(access.WriteMonitors) {
		t.Fatalf("the key %q: %+v, %v", token, by, err)
	}
	page = ann.sees("/settings/keys")
	holds(t, page, "reports", "posts.read", "Ann Example")
	if strings.Contains(page, token) {
		t.Error("the key is shown again")
	}
	holds(t, ann.follow("/settings/keys/revoke", "id", "1"), "The key holds no more.", "1 key that ended")
	if _, err := h.access.KeyActor(t.Context(), token); err == nil {
		t.Error("a revoked key opens something")
	}
}

func TestWorkspacesAndBrandsAreLookedAfter(t *testing.T) {
	t.Parallel()
	_, ann := owned(t)
	holds(t, ann.sees("/settings/workspace"), "No brands yet.")
	brands := "/settings/workspace/brands"
	holds(t, ann.follow(brands, "do", "add", "name", "Lumen <Tea>"), "Lumen &lt;Tea&gt;", "The brand is there.")
	answer, page := ann.sends(brands, "do", "add", "name", "Lumen <Tea>")
	if answer.StatusCode != http.StatusConflict {
		t.Fatalf("the same name again answers %d", answer.StatusCode)
	}
	holds(t, page, "choose another name", `value="Lumen &lt;Tea&gt;"`)
	holds(t, ann.follow(brands, "do", "rename", "id", "1", "version", "1", "name", "Lumen"), "Lumen", "another name")
	holds(t, ann.follow(brands, "do", "archive", "id", "1", "version", "2"), "1 archived brand", `name="version" value="3"`)
	holds(t, ann.follow(brands, "do", "restore", "id", "1", "version", "3"), "The brand is back.")
	if answer, _ := ann.sends(brands, "do", "rename", "id", "7", "version", "1", "name", "x"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a brand that is not there answers %d", answer.StatusCode)
	}

	holds(t, ann.follow("/settings/workspace", "do", "rename", "version", "1", "name", "Acme"), "Acme")
	holds(t, ann.follow("/settings/workspace", "do", "add", "name", "Second"), "Second", "Enter it below", `action="/workspaces/enter"`)
	ann.invited("ben", access.Viewer).sees("/settings/workspace")

	if page := ann.follow("/workspaces/enter", "id", "2"); !strings.Contains(page, "<bdi>Second</bdi>") {
		t.Error("the other workspace is not the one that is looked at")
	}
	page = ann.sees("/settings/workspace")
	holds(t, page, "No brands yet.", "Close Second", `data-workspace="2"`)
	if strings.Contains(page, "Lumen") {
		t.Error("a brand of the other workspace is shown")
	}
	if answer, _ := ann.gets("/settings/team/2"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("somebody of another workspace answers %d, not like somebody who is not there", answer.StatusCode)
	}
	if page := ann.follow("/settings/workspace", "in-workspace", "2", "do", "archive", "version", "1"); !strings.Contains(page, `data-workspace="1"`) {
		t.Error("after a workspace is closed, the first one is looked at")
	}
	if answer, _ := ann.sends("/workspaces/enter", "id", "2"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a closed workspace answers %d", answer.StatusCode)
	}
}

func TestRolesDifferForBrands(t *testing.T) {
	t.Parallel()
	_, ann := owned(t)
	ben := ann.invited("ben", access.Agent)
	ann.follow("/settings/workspace/brands", "do", "add", "name", "Lumen")
	page := ann.follow("/settings/team/2", "do", "brand", "brand", "1", "role", "none", "version", "1")
	holds(t, page, "another role for the brand", `<option value="none" selected`)
	ben.follow("/sign-in", "name", "ben", "password", secret)
	if page := ben.sees("/settings/workspace"); strings.Contains(page, "Lumen") {
		t.Error("a brand that is not theirs is shown")
	}
	holds(t, ann.sees("/settings/team"), "other for 1 brand")
}

// TestTheTableOfRolesIsTheOneThatHolds compares the page with Grants.
func TestTheTableOfRolesIsTheOneThatHolds(t *testing.T) {
	t.Parallel()
	_, ann := owned(t)
	root, err := html.Parse(strings.NewReader(ann.sees("/settings/roles")))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]bool
	each(root, func(n *html.Node) {
		if n.Data == "tbody" {
			each(n, func(n *html.Node) {
				switch {
				case n.Data == "tr":
					rows = append(rows, nil)
				case n.Data == "td":
					has := false
					each(n, func(n *html.Node) { has = has || attribute(n, "class") == "has" })
					rows[len(rows)-1] = append(rows[len(rows)-1], has)
				}
			})
		}
	})
	if len(rows) != len(access.Grants()) {
		t.Fatalf("%d rows for %d permissions", len(rows), len(access.Grants()))
	}
	for i, g := range access.Grants() {
		for k, r := range access.Roles() {
			if rows[i][k] != r.May(g.Permission) {
				t.Errorf("%s of %s is shown as %v", g.Permission, r, rows[i][k])
			}
		}
	}
}

func TestTheAuditLogIsFilteredReadAndExported(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	ann.follow("/settings/workspace/brands", "do", "add", "name", "Lumen")
	ann.follow("/settings/workspace/brands", "do", "rename", "id", "1", "version", "1", "name", "=Lumen <Tea>")
	page := ann.sees("/settings/audit")
	holds(t, page, "Brand: renamed", "<del><bdi>Lumen</bdi></del>", "<ins><bdi>=Lumen &lt;Tea&gt;</bdi></ins>", "Session: begun", `hx-get="/settings/audit/chain"`)
	page = ann.sees("/settings/audit?verb=brand.")
	if strings.Contains(page, "Session: begun") || !strings.Contains(page, "Brand: made") {
		t.Error("the filter by what does not hold")
	}
	if page := ann.sees("/settings/audit?actor=nobody"); !strings.Contains(page, "Nothing fits") {
		t.Error("the filter by whom does not hold")
	}
	day := now.Format(time.DateOnly)
	holds(t, ann.sees("/settings/audit?from="+day+"&to="+day), "Brand: made")
	holds(t, ann.sees("/settings/audit?to="+now.AddDate(0, 0, -1).Format(time.DateOnly)), "Nothing fits")
	page = ann.sees("/settings/audit?object=brand%2F1")
	holds(t, page, "Brand: made", `(1)"><bdi>Lumen</bdi></a> <span class="soft small">now =Lumen &lt;Tea&gt;</span>`, `<option value="brand/1" selected>Brand: =Lumen &lt;Tea&gt;</option>`)
	holds(t, page, `<option value="user 1">`)
	if page := ann.sees("/settings/audit?who=user+1&verb=brand."); !strings.Contains(page, "Brand: made") || !strings.Contains(page, `<option value="user 1" selected>`) {
		t.Error("the filter by person does not hold")
	}
	holds(t, ann.sees("/settings/audit?who=user+77"), "Nothing fits")

	for i := range 60 {
		if _, err := h.access.AddBrand(t.Context(), ann.acts(), fmt.Sprintf("Brand %d", i), 0); err != nil {
			t.Fatal(err)
		}
	}
	page = ann.sees("/settings/audit?verb=brand.")
	older := regexp.MustCompile(`href="(/settings/audit\?before=[^"]+)"`).FindStringSubmatch(page)
	if older == nil || strings.Count(page, "Brand: made") != 50 {
		t.Fatalf("%d lines and %q", strings.Count(page, "Brand: made"), older)
	}
	page = ann.sees(html.UnescapeString(older[1]))
	holds(t, page, "Brand: renamed", "The newest")

	holds(t, ann.sees("/settings/audit/chain"), "lines, unbroken since the first.")
	answer, body := ann.gets("/settings/audit/export.csv?verb=brand.")
	if answer.StatusCode != http.StatusOK || strings.Count(body, "\n") != 63 || !strings.Contains(body, `{""name"":""=Lumen <Tea>""}`) {
		t.Errorf("the export: %d, %d lines", answer.StatusCode, strings.Count(body, "\n"))
	}
	if answer, body = ann.gets("/settings/audit/export.ndjson?verb=brand.rename"); strings.Count(body, "\n") != 1 {
		t.Errorf("the export of one line: %d %s", answer.StatusCode, body)
	}
	h.advance(time.Hour)
	holds(t, ann.sees("/settings/audit"), "/prove?back=%2Fsettings%2Faudit")
	if answer, _ := ann.gets("/settings/audit/export.csv"); answer.StatusCode != http.StatusForbidden || answer.Header.Get("Content-Disposition") != "" {
		t.Errorf("without a proof it answers %d", answer.StatusCode)
	}
}

func TestAJoinedWorkspaceIsEntered(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	ben := ann.invited("ben", access.Agent)
	ann.follow("/settings/workspace", "do", "add", "name", "Second")
	ann.follow("/workspaces/enter", "id", "2")
	_, page := ann.sends("/settings/team/invite", "role", "lead", "days", "7")
	link := regexp.MustCompile(`/invitation/(hi_[A-Za-z0-9_-]+)`).FindStringSubmatch(page)
	holds(t, ben.sees(link[0]), "Second, as lead", "ben", `action="/join"`)
	if page := ben.follow("/join", "token", link[1]); !strings.Contains(page, "<bdi>Second</bdi>") {
		t.Error("after an invitation is used, its workspace is looked at")
	}
	if by := ben.acts(); by.Role != access.Lead || by.Workspace != 2 {
		t.Errorf("ben is %+v", by)
	}
	if answer, _ := h.stranger().gets(link[0]); answer.StatusCode == http.StatusOK {
		t.Error("a used invitation lets somebody in")
	}
}

// proves BR1 and BR7 for the settings: names that people choose, and the log,
// stay text.
func TestNamesOfPeopleKeysAndBrandsNeverBecomeMarkup(t *testing.T) {
	t.Parallel()
	h, ann := owned(t)
	seen := 0
	for _, polyglot := range polyglots {
		s := hearth.Visible(fmt.Sprintf(polyglot, "tripwire()"))
		by := ann.acts()
		ctx := context.WithoutCancel(t.Context())
		if _, _, err := h.access.AddKey(ctx, by, access.KeyDraft{Name: s, Scopes: []access.Permission{access.ReadPosts}}); err != nil {
			continue // not a name at all
		}
		h.access.AddBrand(ctx, by, s, 0)
		h.access.AddTeam(ctx, by, s, []hearth.UserID{1})
		a, err := h.access.Account(ctx, by)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.access.ChangeAccount(ctx, by, a.Version, access.Profile{FullName: s}); err != nil {
			t.Fatal(err)
		}
		ann.agent = s
	}
	paths := []string{"/settings", "/settings/account", "/settings/team", "/settings/team/1", "/settings/teams/1", "/settings/teams/new", "/settings/keys", "/settings/keys/new",
		"/settings/workspace", "/settings/audit", "/settings/roles", "/settings/audit?actor=" + url.QueryEscape(polyglots[1]) + "&verb=" + url.QueryEscape(polyglots[0]) + "&object=" + url.QueryEscape(polyglots[2])}
	for _, path := range paths {
		body := ann.sees(path)
		root, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		each(root, func(n *html.Node) {
			if n.Type != html.ElementNode {
				return
			}
			if n.Data == "img" || n.Data == "script" && n.FirstChild != nil {
				t.Errorf("%s has a <%s>", path, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || (a.Key == "href" || a.Key == "action") && !regexp.MustCompile(`^(/|https?://|#|\?|$)`).MatchString(a.Val) {
					t.Errorf("%s has %s=%q", path, a.Key, a.Val)
				}
				if strings.HasPrefix(a.Key, "hx-") && a.Key != "hx-ignore" && a.Key != "hx-morph-skip" && attribute(n, "hx-nonce") == "" {
					t.Errorf("%s has %s without a nonce", path, a.Key)
				}
			}
		})
		seen += strings.Count(body, "tripwire")
	}
	if seen < 5*len(polyglots) {
		t.Errorf("the tripwire is shown %d times only: the test does not fill the pages", seen)
	}
}
