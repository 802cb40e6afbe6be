package translation

import (
	"strings"
	"testing"
)

func read(t testing.TB) map[string]*Language {
	t.Helper()
	all, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSentencesAreKnownAgain(t *testing.T) {
	t.Parallel()
	all := read(t)
	for _, c := range []struct{ lang, english, want string }{
		{"de", "The name or the password is wrong.", "Name oder Passwort ist falsch."},
		{"de", "There is no job 12.", "Es gibt keinen Auftrag 12."},
		{"fi", "There is no job 12.", "Työtä 12 ei ole."},
		{"zh", "There is no job 12.", "没有任务 12。"},
		{"de", "There is no job twelve.", "There is no job twelve."},
		{"de", `There is no schedule "nightly".`, "Es gibt keinen Zeitplan „nightly“."},
		{"de", "There is a monitor “Kaffora” already; give this one another name.", "Es gibt schon einen Monitor „Kaffora“; geben Sie diesem einen anderen Namen."},
		{"de", "There were too many attempts. Wait 1 minutes, or sign in from a browser that you have signed in with before.",
			"Das waren zu viele Versuche. Warten Sie 1 Minute oder melden Sie sich mit einem Browser an, mit dem Sie schon angemeldet waren."},
		// sentences within sentences, behind what they are about, and in a row
		{"de", "The query has an error: At byte 3: The query is empty.", "Die Abfrage hat einen Fehler: Bei Byte 3: Die Abfrage ist leer."},
		{"fi", "At byte 0: This is never closed. At byte 7: A wildcard cannot begin a word. And 2 more.",
			"Tavun 0 kohdalla: Tätä ei suljeta missään. Tavun 7 kohdalla: Sana ei voi alkaa jokerimerkillä. Ja vielä 2."},
		{"zh", "Address: \"x y\" is not an address like https://blog.example/feed.xml.", "地址：“x y”不是类似 https://blog.example/feed.xml 的地址。"},
		{"de", "Reading the source 4: There is no source 4.", "Reading the source 4: Es gibt keine Quelle 4."},
		{"de", "Secret: There are more than 2 secrets; a rotation needs two.", "Geheimnis: Das sind mehr als 2 Geheimnisse; ein Wechsel braucht zwei."},
		{"de", "Nobody translated this. There is no job 1.", "Nobody translated this. There is no job 1."},
		{"de", "More than usual: Kaffora", "Mehr als üblich: Kaffora"},
	} {
		if got := all[c.lang].Say(c.english); got != c.want {
			t.Errorf("%s: %q\n is said as %q\n want          %q", c.lang, c.english, got, c.want)
		}
	}
}

// What people called things stays what they called it, whatever it looks like.
func TestNamesWithinSentencesAreNotTranslated(t *testing.T) {
	t.Parallel()
	l := read(t)["de"]
	for _, name := range []string{"Password", "There is no job 1.", "{1}", "{1=}", "%s", "a” already; give", "\x00\u202e", strings.Repeat("x", 1500)} {
		said := l.Say("There is a list “" + name + "” already; give this one another name.")
		if !strings.HasPrefix(said, "Es gibt schon eine Liste „"+name+"“") {
			t.Errorf("%q became %.200q", name, said)
		}
	}
	if said := l.Say("Password"); said != "Passwort" {
		t.Errorf("the setting is called %q", said)
	}
	var english *Language
	if said := english.Say("There is no job 1."); said != "There is no job 1." {
		t.Errorf("English became %q", said)
	}
}

// A text from outside may be shown where a sentence of ours is.
func FuzzSay(f *testing.F) {
	l := read(f)["fi"]
	f.Add("There is no job 12.")
	f.Add("a: b: c: d: The query is empty.")
	f.Add(strings.Repeat("It is no list. ", 500))
	f.Add(strings.Repeat("x: ", 2000) + "It is no list.")
	f.Fuzz(func(t *testing.T, text string) {
		said := l.Say(text)
		if len(text) > longest && said != text {
			t.Error("a text that is too long was changed")
		}
	})
}

func TestTranslationsThatDoNotFitTheirFormatAreRefused(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{
		"There is no job %d.": "Es gibt keinen Auftrag.",
		"It is empty.":        "Es ist {1}.",
		"%s is %d long.":      "{1} ist {2?lang|länger}.",
		"It has %d.":          "Es hat {1} {.",
	} {
		l := &Language{exact: map[string]string{}}
		if err := l.add(from, to); err == nil {
			t.Errorf("%q as %q was taken", from, to)
		}
	}
}

func BenchmarkSay(b *testing.B) {
	l := read(b)["de"]
	for b.Loop() {
		l.Say("There is a monitor “Kaffora” already; give this one another name.")
	}
}

func BenchmarkSayWhatIsNotKnown(b *testing.B) {
	l := read(b)["de"]
	text := strings.Repeat("What is this: nobody knows. ", 70)
	for b.Loop() {
		l.Say(text)
	}
}
