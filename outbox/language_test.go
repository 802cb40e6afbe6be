package outbox_test

import (
	"strings"
	"testing"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/outbox"
)

// more is an event that its verb can word in other languages.
func more(key string) outbox.Event {
	return outbox.Event{Key: key, Class: "act", Title: "More than usual: tea", Text: "1,000 posts", Path: "/alerts/1", Words: func(lang string) (title, text string) {
		return map[string]string{"de": "Mehr als üblich: tea", "fi": "Enemmän kuin tavallisesti: tea"}[lang], map[string]string{"de": "1.000 Beiträge", "fi": "1 000 julkaisua"}[lang]
	}}
}

func TestAChatIsWrittenInItsLanguage(t *testing.T) {
	t.Parallel()
	for format, button := range map[string]string{"slack": "", "mattermost": "", "discord": "", "teams": "<de> Open in Hearth"} {
		h, r := open(t), receive(t, nil)
		h.add(outbox.ChannelDraft{Kind: outbox.Chat, Settings: outbox.Settings{Address: r.URL, Format: format, Language: "de"}})
		h.run()
		h.publish(more("1"))
		d := h.becomes(outbox.Sent)
		body := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(r.all()[0].body))
		for _, want := range []string{"Mehr als üblich: tea", "1.000 Beiträge", button} {
			if !strings.Contains(body, want) {
				t.Errorf("%s gets %s without %q", format, body, want)
			}
		}
		if d.Title != "Mehr als üblich: tea" {
			t.Errorf("the log says %q", d.Title)
		}
		h.stop()
	}
}

func TestAChatOrWebhookWithoutALanguageIsEnglish(t *testing.T) {
	t.Parallel()
	for _, kind := range []outbox.Kind{outbox.Chat, outbox.Webhook} {
		h, r := open(t), receive(t, nil)
		h.add(outbox.ChannelDraft{Kind: kind, Settings: outbox.Settings{Address: r.URL}})
		h.run()
		h.publish(more("1"))
		h.becomes(outbox.Sent)
		if body := string(r.all()[0].body); !strings.Contains(body, "More than usual: tea") || strings.Contains(body, "üblich") {
			t.Errorf("%s gets %s", kind, body)
		}
		h.stop()
	}
}

func TestTheTestOfAChannelIsInItsLanguageAsItIsShownBefore(t *testing.T) {
	t.Parallel()
	h, r := open(t), receive(t, nil)
	c, _ := h.add(outbox.ChannelDraft{Kind: outbox.Chat, Name: "Tee", Settings: outbox.Settings{Address: r.URL, Format: "teams", Language: "de"}})
	shown, err := h.box.TestMessage(t.Context(), owner, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.run()
	if _, err := h.box.TestChannel(t.Context(), owner, c.ID); err != nil {
		t.Fatal(err)
	}
	h.becomes(outbox.Sent)
	if sent := string(r.all()[0].body); sent != string(shown.Body) || !strings.Contains(sent, "de> A test from Hearth") || shown.Title != "<de> A test from Hearth" {
		t.Errorf("%s was shown, %s sent", shown.Body, sent)
	}
}

func TestALanguageThatNobodyWritesIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, d := range []outbox.ChannelDraft{
		{Kind: outbox.Chat, Name: "x", Settings: outbox.Settings{Address: "https://chat.acme.example/x", Language: "tlh"}},
		{Kind: outbox.Webhook, Name: "x", Settings: outbox.Settings{Address: "https://hooks.acme.example/x", Language: "de"}},
	} {
		if _, _, err := h.box.AddChannel(t.Context(), owner, d); hearth.ErrorCode(err) != hearth.Invalid {
			t.Errorf("%s in %s: %v", d.Kind, d.Language, err)
		}
	}
	c, _ := h.add(outbox.ChannelDraft{Kind: outbox.Chat, Settings: outbox.Settings{Address: "https://chat.acme.example/x"}})
	fi := "fi"
	c, err := h.box.ChangeChannel(t.Context(), owner, c.ID, c.Version, outbox.ChannelEdit{Language: &fi})
	if err != nil || c.Language != "fi" {
		t.Errorf("it is in %q, %v", c.Language, err)
	}
}

func TestABrowserTellsInTheLanguageOfItsPerson(t *testing.T) {
	t.Parallel()
	p := withPeople(t)
	by, _ := p.signIn()
	d, err := p.box.AddDevice(t.Context(), by, outbox.DeviceDraft{Subscription: p.push.subscribe("one"), Language: "fi"})
	if err != nil {
		t.Fatal(err)
	}
	p.run()
	p.publish(more("1"))
	p.states(1)
	p.reads(by.User, "de-AT")
	p.publish(more("2"))
	p.states(2)
	if err := p.box.TestDevice(t.Context(), by, d.ID); err != nil {
		t.Fatal(err)
	}
	p.states(3)
	p.reads(by.User, "en")
	p.publish(more("3"))
	p.states(4)
	var got []string
	for _, m := range p.push.told("one") {
		got = append(got, m.Title)
	}
	if want := "Enemmän kuin tavallisesti: tea|Mehr als üblich: tea|<de> A test from Hearth|More than usual: tea"; strings.Join(got, "|") != want {
		t.Errorf("the browser got %q", got)
	}
}

// reads sets the language of somebody's profile.
func (h *house) reads(user hearth.UserID, lang string) {
	h.t.Helper()
	err := h.state.Write(h.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE users SET language = ? WHERE id = ?`, lang, int64(user))
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestAMailIsInTheLanguageThatAllWhoGetItRead(t *testing.T) {
	t.Parallel()
	post := openOffice(t)
	h := openWith(t, &post.server)
	err := h.state.Write(t.Context(), func(tx *db.Tx) error {
		for id, mail := range map[int64]string{2: "Ann@acme.example", 3: "ben@acme.example"} {
			_, err := tx.Exec(`
				INSERT INTO users (id, version, name, full_name, mail, password, totp, totp_step, epoch, handle, created, changed, signed_in, language)
				VALUES (?, 1, ?, '', ?, '', '', 0, 0, ?, 0, 0, 0, 'de')`, id, mail, mail, []byte(mail))
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO member (workspace_id, user_id, version, role, disabled, joined) VALUES (?, ?, 1, 'viewer', 0, 0)`, int64(here), id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.add(outbox.ChannelDraft{Kind: outbox.Mail, Name: "Schicht", Settings: outbox.Settings{Address: "ann@acme.example, Ben <ben@acme.example>"}})
	h.run()
	h.publish(more("1"))
	mails := func(n int) string {
		t.Helper()
		within(t, func() bool { return len(post.got()) == n }, func() string { return "the mail comes" })
		return strings.ReplaceAll(post.got()[n-1], "=\r\n", "")
	}
	for _, want := range []string{"Mehr", "1.000 Beitr=C3=A4ge", "<de> Hearth sends this because", "hearth.acme.example/settings/channels/1"} {
		if got := mails(1); !strings.Contains(got, want) {
			t.Errorf("the mail lacks %q:\n%s", want, got)
		}
	}
	h.reads(3, "fi")
	h.publish(more("2"))
	if got := mails(2); !strings.Contains(got, "Subject: More than usual: tea") {
		t.Errorf("two who read different languages get\n%s", got)
	}
	if lang, err := languageAt(h, "ann@acme.example"); lang != "de" || err != nil {
		t.Errorf("her language is %q, %v", lang, err)
	}
}

func languageAt(h *house, address string) (lang string, err error) {
	err = h.state.Read(h.t.Context(), func(tx *db.Tx) (err error) {
		lang, err = access.LanguageAt(tx, here, address)
		return err
	})
	return lang, err
}
