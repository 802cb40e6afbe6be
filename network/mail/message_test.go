package mail_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hearth"
	"hearth/network/mail"
)

const header = "From: \"Bo Nieminen\" <Bo@People.example>\r\nMessage-ID: <m2@people.example>\r\nDate: Sun, 01 Nov 2026 12:00:00 +0200\r\n"

func read(t testing.TB, raw string) hearth.Post {
	t.Helper()
	p, err := mail.Read(raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return p
}

func TestAMessageBecomesAPost(t *testing.T) {
	t.Parallel()
	got := read(t, header+"Subject: =?utf-8?q?Kaputter_Kessel_=E2=98=B9?=\r\nIn-Reply-To: <m1@acme.example>\r\nReferences: <m0@people.example> <m1@acme.example>\r\n"+
		"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nEr ist schon wieder kaputt, sch=F6ne Gr=FC=DFe\r\nhttps://people.example/kettle.\r\n"+
		"--b\r\nContent-Type: text/html\r\n\r\n<p>not this</p>\r\n--b--\r\n"+
		"--a\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename*=utf-8''K%C3%A4fer.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/\r\n--a--\r\n")
	want := hearth.Post{
		Network: "mail", ID: "m2@people.example", Kind: hearth.Message, Title: "Kaputter Kessel ☹",
		Text:   "Er ist schon wieder kaputt, schöne Grüße\nhttps://people.example/kettle.",
		Author: hearth.Author{ID: "bo@people.example", Handle: "bo@people.example", Name: "Bo Nieminen"},
		Links:  []string{"https://people.example/kettle"}, InReplyTo: "m1@acme.example", Root: "m0@people.example",
		Published: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC), Tags: []string{"attachment"},
		Media: []hearth.Media{{Type: "image", Alt: "Käfer.jpg"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTextIsReadInItsCharset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ head, body, want string }{
		{"text/plain; charset=utf-8", "hyvää", "hyvää"},
		{"text/plain", "hyv\xe4\xe4", "hyvää"}, // unnamed, and not UTF-8
		{"text/plain; charset=koi8-r", "\xf0\xf2\xe9\xf7\xe5\xf4", "ПРИВЕТ"},
		{"text/plain; charset=gb2312", "\xc4\xe3\xba\xc3", "你好"},
		{"text/plain; charset=iso-2022-jp", "\x1b$B$3$s$K$A$O\x1b(B", "こんにちは"},
		{"text/plain; charset=nobody-knows", "plain", "plain"},
		{"text/plain; charset=utf-8", "a\x00b\xff", "a�bÿ"},
		{"text/html; charset=utf-8", "<p>one</p><p>two &amp; three</p><style>x{}</style>", "one\n\ntwo & three"},
		{"text/plain; format=flowed", "one \r\ntwo\r\n three", "one two\nthree"},
	} {
		if got := read(t, header+"Content-Type: "+c.head+"\r\n\r\n"+c.body+"\r\n").Text; got != c.want {
			t.Errorf("%s: %q, want %q", c.head, got, c.want)
		}
	}
}

func TestWhatWasQuotedAndTheSignatureAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Acme <help@acme.example> wrote:\n> Is it broken?\n> Really?\n", "Yes."},
		{"Ja.\n\nAm 02.11.2026 um 10:00 schrieb Acme\n<help@acme.example>:\n> Kaputt?\n", "Ja."},
		{"Kyllä.\n\nAcme kirjoitti:\n>> Rikki?\n>\n> Rikki?", "Kyllä."},
		{"Yes.\n-- \nBo Nieminen\nPeople Ltd", "Yes."},
		{"Yes.\n\n-----Original Message-----\nFrom: Acme\nIs it broken?", "Yes."},
		{"> Is it broken?\nYes.\n> Really?\nReally.", "> Is it broken?\nYes.\n> Really?\nReally."}, // answers between
		{"> only a quote\n", "> only a quote\n"},
		{"-- \nonly a signature", "-- \nonly a signature"},
		{"no quote at all\n", "no quote at all\n"},
		{"Two dashes --\nin a text", "Two dashes --\nin a text"},
	} {
		if got := strings.TrimSpace(mail.Own(c.text)); got != strings.TrimSpace(c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	for _, c := range []struct{ markup, want string }{
		{`<div>Yes.</div><div class="gmail_quote">On Monday<blockquote><p>Is it broken?<br>Really?</p></blockquote></div>`, "Yes."},
		{`<p>Yes.</p><div class="moz-cite-prefix">Am Montag:</div><blockquote type="cite">Kaputt?</blockquote><p>Bye</p>`, "Yes.\n\nBye"},
		{`<p>Yes.</p><div id="divRplyFwdMsg"><b>From:</b> Acme</div><div>Is it broken?</div>`, "Yes."},
		{`<blockquote type="cite">only this</blockquote>`, "only this"},
	} {
		if got := read(t, header+"Content-Type: text/html\r\n\r\n"+c.markup).Text; got != c.want {
			t.Errorf("%s: %q, want %q", c.markup, got, c.want)
		}
	}
}

func TestThreadsAreFoundWithoutReferencesAndIDs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ header, parent, root string }{
		{"", "", ""},
		{"In-Reply-To: <a@x>\r\n", "a@x", "a@x"},
		{"References: <r@x>\r\n <b@x>\r\n", "b@x", "r@x"},
		{"In-Reply-To: your mail of Monday\r\nReferences: broken\r\n", "", ""},
		{"In-Reply-To: <m2@people.example>\r\n", "", ""}, // itself
	} {
		p := read(t, header+c.header+"\r\nhello")
		if p.InReplyTo != c.parent || p.Root != c.root {
			t.Errorf("%q: %q, %q", c.header, p.InReplyTo, p.Root)
		}
	}
	nameless := "From: bo@people.example\r\n\r\nhello"
	if a, b := read(t, nameless), read(t, nameless); a.ID == "" || a.ID != b.ID {
		t.Errorf("without an id: %q and %q", a.ID, b.ID)
	}
}

func TestWhatIsNoMessageIsRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "\r\n", "no header at all", "Subject: nobody\r\n\r\nsent this", "From: nobody\r\n\r\nx", strings.Repeat("X: y\r\n", 100_000) + "\r\n"} {
		if p, err := mail.Read(raw); err == nil || len(err.Error()) < 20 {
			t.Errorf("%.30q: %+v, %v", raw, p, err)
		}
	}
}

// proves IB1 for messages
func TestHostileMessagesAreBounded(t *testing.T) {
	t.Parallel()
	deep := ""
	for i := range 200 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	for name, raw := range map[string]string{
		"many parts":     "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 100_000) + "--b--\r\n",
		"deep":           deep + "\r\nhello",
		"no end":         "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello",
		"a long text":    "\r\n" + strings.Repeat("kettle ", 1_000_000),
		"long subject":   "Subject: " + strings.Repeat("=?utf-8?q?x?= ", 15_000) + "\r\n\r\nhello",
		"many refs":      "References: " + strings.Repeat("<a@x> ", 30_000) + "\r\n\r\nhello",
		"open tags":      "Content-Type: text/html\r\n\r\n" + strings.Repeat("<blockquote type=cite>", 100_000) + "hello",
		"bad base64":     "Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("!", 10_000),
		"odd charset":    "Content-Type: text/plain; charset=\"" + strings.Repeat("x", 10_000) + "\"\r\n\r\nhello",
		"year 9999":      "Date: Fri, 31 Dec 9999 23:59:59 +0000\r\n\r\nhello",
		"many addresses": "\r\nhello",
	} {
		from := header
		if name == "many addresses" {
			from = "From: " + strings.Repeat("a@x.example, ", 15_000) + "\r\n"
		}
		p, err := mail.Read(from + raw)
		if err != nil {
			continue // refused with a reason
		}
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(header + "Subject: =?utf-8?b?4pi5?=\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n")
	f.Add("From: a@b\r\nContent-Type: text/html\r\n\r\n<div class=gmail_quote>")
	f.Add("From: a@b\r\nContent-Type: text/plain; format=flowed; delsp=yes\r\n\r\na \n> b \nc")
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := mail.Read(raw)
		if err != nil {
			return
		}
		if err := p.Check(); err != nil || p.ID == "" || p.Author.ID == "" {
			t.Fatalf("%+v: %v", p, err)
		}
	})
}
