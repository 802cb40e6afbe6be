package outbox

import (
	"net/mail"
	"slices"
	"strings"

	"hearth/access"
	"hearth/db"
)

const english = "en"

// checkLanguage says whether a channel can be written in its language.
func (o *Outbox) checkLanguage(c *Channel) error {
	switch {
	case c.Language == "":
		return nil
	case c.Kind == Webhook:
		return wrong("language", "A webhook is read by programs, and is in English; leave its language out.")
	case c.Language != english && !slices.Contains(o.o.Languages, c.Language):
		return wrong("language", "Messages can be written in "+strings.Join(append([]string{english}, o.o.Languages...), ", ")+"; leave the language out to let those decide who get them.")
	}
	return nil
}

// spoken is the language that a channel is written in; "": English. A chosen one
// holds, except on a device, whose person may say another in their profile. Of a
// mail it is, if none is chosen, the one that all who get it chose for themselves.
func (o *Outbox) spoken(tx *db.Tx, c *Channel) (string, error) {
	switch {
	case len(o.o.Languages) == 0 || c.Kind == Webhook:
		return "", nil
	case c.Kind == Push:
		own, err := access.LanguageOf(tx, c.Owner)
		if own != "" {
			return o.nearest(own), err
		}
	case c.Kind == Mail && c.Language == "":
		return o.shared(tx, c)
	}
	return o.nearest(c.Language), nil
}

// shared is the language of everybody who gets the mails of a channel.
func (o *Outbox) shared(tx *db.Tx, c *Channel) (string, error) {
	list, err := mail.ParseAddressList(c.Address)
	if err != nil {
		return "", nil // sending says so
	}
	all := ""
	for i, a := range list {
		chosen, err := access.LanguageAt(tx, c.workspace, a.Address)
		lang := o.nearest(chosen)
		if err != nil || lang == "" || i > 0 && lang != all {
			return "", err
		}
		all = lang
	}
	return all, nil
}

// nearest is the language of ours for a tag such as de-AT; "": English.
func (o *Outbox) nearest(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if slices.Contains(o.o.Languages, base) {
		return base
	}
	return ""
}

// say is a sentence of Hearth in a language.
func (o *Outbox) say(lang, sentence string) string {
	if lang == "" || o.o.Say == nil {
		return sentence
	}
	return o.o.Say(lang, sentence)
}

// in is an event in a language.
func (o *Outbox) in(lang string, e *Event) Event {
	worded := *e
	switch {
	case lang == "":
	case e.Words != nil:
		worded.Title, worded.Text = e.Words(lang)
	default:
		worded.Title, worded.Text = o.say(lang, e.Title), o.say(lang, e.Text)
	}
	return worded
}
