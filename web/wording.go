package web

import (
	"hearth/alert"
)

// Wording says in the words of the pages what leaves Hearth by itself: mails,
// messages to chats and to browsers. It is safe for concurrent use.
type Wording struct{ all map[string]*words }

// ReadWording reads all catalogs.
func ReadWording() (*Wording, error) {
	all, err := readWords()
	if err != nil {
		return nil, err
	}
	return &Wording{all}, nil
}

func (w *Wording) in(lang string) *words {
	if words := w.all[lang]; words != nil {
		return words
	}
	return w.all[languages[0]]
}

// Sentence is a sentence of Hearth in a language.
func (w *Wording) Sentence(lang, sentence string) string { return w.in(lang).ours(sentence) }

// Event is what happened as title and text in a language. Where nothing is known
// of it but its English sentences, those are translated.
func (w *Wording) Event(lang string, e *alert.Event) (title, text string) {
	words := w.in(lang)
	if e.Type == alert.MentionCreated && e.Post != nil {
		return words.ours(e.Title), e.Text // the text is that of a person
	}
	title, text, known := words.noticed(e.Type, e.Class, &e.Facts, nil)
	if !known {
		return words.ours(e.Title), words.ours(e.Text)
	}
	return plain(title), plain(text)
}

// noticed is a notice as title and text. False: an older version wrote it, and
// only its English sentences are there.
func (w *words) noticed(kind string, class alert.Class, f *alert.Facts, people map[int64]string) (title, text string, known bool) {
	subject := ""
	if f.Subject != "" {
		subject = ": " + isolated(200, f.Subject)
	}
	switch kind {
	case alert.SourceFailed, alert.SourceRecovered:
		known = f.Subject != "" || kind == alert.SourceRecovered
		return w.name("notice", kind) + subject, w.gist(f.Reason), known
	case alert.IncidentOpened, alert.IncidentChanged:
		if f.Subject == "" && len(f.Changes) > 0 { // it is about no incident
			return w.facts(f.Changes, people), "", true
		}
		return w.name("notice", kind) + subject, w.facts(f.Changes, people), f.Subject != ""
	case alert.AlertOver:
		if f.Alert != nil {
			return w.name("notice", kind) + subject, w.whyMore(f.Alert), true
		}
	}
	if f.Alert == nil {
		return "", "", false
	}
	return w.alertTitle(class, f.Alert.Kinds, f.Subject), w.whyMore(f.Alert), true
}
