package fake

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"hearth"
)

// World invents posts: the same seed, the same posts. Their lengths, languages
// and the share of replies, links and pictures are like those of a public
// stream. For worlds with a plot, publish your own.
type World struct {
	random *rand.Rand
	recent []string // ids of posts that may be answered
	count  int
}

// NewWorld is a world of its own for each seed.
func NewWorld(seed uint64) *World {
	return &World{random: rand.New(rand.NewPCG(seed, 0x68656172))}
}

var sentences = map[string][]string{
	"en": {"The queue at %s was long today", "I love what %s did with the new menu", "Does anybody know when %s opens", "My order from %s never came", "Morning run done, coffee next", "This rain does not stop", "Watching the match with friends tonight"},
	"de": {"Der Kaffee bei %s schmeckt heute großartig", "Warum antwortet %s nicht auf meine Mail", "Heute endlich wieder Sonne", "Wer geht am Samstag ins Kino"},
	"fi": {"Kahvi oli taas hyvää paikassa %s", "Sataa koko päivän", "Onko %s auki sunnuntaina"},
	"es": {"El pedido de %s llegó tarde", "Qué buen día para caminar", "Me encanta la tienda de %s"},
	"ja": {"%sの新しいメニューがおいしい", "今日はとても寒いですね", "明日は早起きします"},
	"pt": {"Alguém já experimentou o café da %s", "Que jogo foi esse"},
}

var (
	languages = []string{"en", "en", "en", "en", "ja", "ja", "de", "pt", "es", "fi"}
	brands    = []string{"Brightbean", "Northwind Kettles", "Lumo Bikes", "Acme Rail", "Pikku Kahvila"}
	emoji     = []string{"", "", "", " ☕", " 😀", " 🎉", " 👍🏽", " 🇫🇮"}
)

// Post is the next post.
func (w *World) Post() hearth.Post {
	r := w.random
	w.count++
	lang := languages[r.IntN(len(languages))]
	var text []string
	for range 1 + r.IntN(3) {
		sentence := sentences[lang][r.IntN(len(sentences[lang]))]
		if strings.Contains(sentence, "%s") {
			sentence = fmt.Sprintf(sentence, brands[r.IntN(len(brands))])
		}
		text = append(text, sentence)
	}
	author := r.IntN(500)
	p := hearth.Post{
		Network: "bluesky",
		Author:  hearth.Author{ID: fmt.Sprintf("did:plc:fake%020d", author)},
		Text:    strings.Join(text, ". ") + emoji[r.IntN(len(emoji))],
		Lang:    lang,
	}
	p.ID = "at://" + p.Author.ID + "/" + postCollection + "/" + key(int64(w.count)<<10)
	w.decorate(&p)
	if w.recent = append(w.recent, p.ID); len(w.recent) > 100 {
		w.recent = w.recent[50:]
	}
	return p
}

// decorate makes a post a reply, gives it a link, a tag or pictures.
func (w *World) decorate(p *hearth.Post) {
	r := w.random
	if len(w.recent) > 0 && r.IntN(10) < 4 {
		p.InReplyTo = w.recent[r.IntN(len(w.recent))]
		p.Root = p.InReplyTo
	}
	switch r.IntN(10) {
	case 0:
		p.Links = []string{fmt.Sprintf("https://news.example/%d", r.IntN(1000))}
	case 1:
		p.Hashtags = []string{"coffee"}
		p.Text += " #coffee"
	case 2, 3:
		p.Media = []hearth.Media{{Type: "image", Alt: "a photo of the street"}}
	}
}
