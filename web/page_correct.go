package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/tag"
)

// correctPath takes corrections of one post.
const correctPath = "/post/correct"

// quick corrects a post where it stands in a list: by a click or a key.
type quick struct {
	Action string
	Moods  []choice
	Spam   choice // what a click says
	Run    int64  // under which something was just said; 0: nothing was
}

// correction is a field of a post as its page shows it.
type correction struct {
	Field   string
	Title   string
	Now     string // what the post says
	Machine string // what the analysis says; "": the same
	Who     string // and who says otherwise
	When    moment
	Choices []choice
}

// saying is one line of what was said of a post.
type saying struct {
	Who, What string
	When      moment
	Undone    string
}

// saidShown is how many lines of a post's history its page shows.
const saidShown = 50

// quick is the means to correct a post in a list; nil: not for this visitor.
func (v *visit) quick(p *hearth.Post) *quick {
	if !v.by.May(access.TagPosts) {
		return nil
	}
	key := p.Key()
	q := &quick{Action: correctPath + "?" + url.Values{"network": {key.Network}, "id": {key.ID}}.Encode()}
	for _, mood := range []hearth.Sentiment{hearth.Positive, hearth.Neutral, hearth.Negative} {
		q.Moods = append(q.Moods, choice{"sentiment=" + string(mood), string(mood), p.Sentiment == mood})
	}
	q.Spam = choice{"spam=" + strconv.FormatBool(p.Spam != hearth.True), v.say("correct.spam"), p.Spam == hearth.True}
	return q
}

// correctPost says what a field of a post is to be, or takes that back.
func (web *Web) correctPost(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	key := hearth.Key{Network: v.query("network"), ID: v.query("id")}
	var done int64 // the run under which it is said
	if run := form.Get("undo"); run != "" {
		id, err := idOf(run, v.say("lists.run.gone"))
		if err != nil {
			return err
		}
		if _, err := web.o.Tags.Steer(v.ctx(), v.by, id, tag.Undo); err != nil {
			return err
		}
	} else {
		c := correctionOf(form)
		what, err := web.o.Tags.Set(v.ctx(), v.by, []hearth.Key{key}, c)
		if err != nil {
			return err
		}
		if what.Missing > 0 {
			return hearth.Errorf(hearth.NotFound, "%s", v.say("post.gone"))
		}
		done = what.Run
	}
	if !v.part() {
		to := url.Values{"network": {key.Network}, "id": {key.ID}}
		if done > 0 {
			to.Set("said", strconv.FormatInt(done, 10))
		}
		return v.back("/post?" + to.Encode() + "#says")
	}
	hit, err := web.o.Posts.Get(v.ctx(), v.by, key)
	if err != nil {
		return err
	}
	c := v.newCard(hit.Seq, &hit.Post, nil, listed)
	if c.Quick = v.quick(&hit.Post); c.Quick != nil {
		c.Quick.Run = done
	}
	return v.block(200, "mentions", "post", c)
}

// correctionOf reads a form: "say" holds a field and its value, other fields
// stand by their names.
func correctionOf(form url.Values) (c tag.Change) {
	add := func(field, value string) {
		if value == "machine" {
			value = ""
		}
		c.Correct = append(c.Correct, tag.Correction{Field: archive.Field(field), Value: value})
	}
	if field, value, ok := strings.Cut(form.Get("say"), "="); ok {
		add(field, value)
		return c
	}
	for _, f := range archive.Corrected {
		if values := form[string(f)]; len(values) > 0 && values[0] != "" {
			add(string(f), strings.Join(slices.DeleteFunc(values, func(s string) bool { return s == archive.NoIntent && len(values) > 1 }), " "))
		}
	}
	return c
}

// fillSays shows what a post says, and what was said of it.
func (v *visit) fillSays(page *postPage, key hearth.Key, p *hearth.Post) error {
	if v.by.May(access.TagPosts) {
		page.SayAt = correctPath + "?" + url.Values{"network": {key.Network}, "id": {key.ID}}.Encode()
	}
	people := v.people()
	for _, f := range archive.Corrected {
		c := correction{Field: string(f), Title: v.say("correct.field." + string(f)), Now: v.sayingOf(f, archive.Said(p, f))}
		for i := range p.Corrections {
			if x := &p.Corrections[i]; x.Field == string(f) {
				c.Machine, c.Who, c.When = v.sayingOf(f, x.Machine), v.sayerName(x.By, people), v.when(x.At)
			}
		}
		c.Choices = v.sayable(f, p)
		page.Says = append(page.Says, c)
	}
	if run := v.queryNumber("said"); run > 0 && page.SayAt != "" {
		page.Said = &undo{Sentence: v.say("correct.done"), Action: page.SayAt, Fields: []doorField{{Name: "undo", Value: strconv.FormatInt(run, 10)}}}
	}
	said, err := v.web.o.Tags.Said(v.ctx(), v.by, key)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(said) {
		if len(page.History) == saidShown {
			break
		}
		line := saying{Who: v.sayerName(a.By.User, people), When: v.when(a.At)}
		if a.By.Rule != 0 {
			line.Who = v.say("correct.rule", "id", strconv.FormatInt(a.By.Rule, 10))
		}
		switch {
		case a.Field == archive.TagField && a.Value == "":
			line.What = "− " + shorten(100, a.Was)
		case a.Field == archive.TagField:
			line.What = "+ " + shorten(100, a.Value)
		case a.Value == "":
			line.What = v.say("correct.back", "field", v.say("correct.field."+string(a.Field)))
		default:
			line.What = v.say("correct.line", "field", v.say("correct.field."+string(a.Field)), "was", v.sayingOf(a.Field, a.Was), "now", v.sayingOf(a.Field, a.Value))
		}
		if !a.Undone.IsZero() {
			line.Undone = v.say("correct.undone", "name", v.sayerName(a.UndoneBy, people))
		}
		page.History = append(page.History, line)
	}
	return nil
}

func (v *visit) sayerName(id hearth.UserID, people map[int64]string) string {
	if id == 0 {
		return v.say("correct.operator")
	}
	return plain(v.person(int64(id), people))
}

// sayingOf words what a field says.
func (v *visit) sayingOf(f archive.Field, value string) string {
	switch f {
	case archive.LangField:
		if value != "" && value != archive.NoLanguage {
			return v.language(value)
		}
	case archive.SentimentField:
		if value != "" {
			return v.name("sentiment", value)
		}
	case archive.IntentField:
		if value != "" && value != archive.NoIntent {
			var words []string
			for _, word := range strings.Fields(value) {
				words = append(words, v.name("intent", word))
			}
			return strings.Join(words, ", ")
		}
	case archive.SpamField:
		if value != "" {
			return v.name("spam", value)
		}
	}
	return v.say("correct.nothing")
}

// sayable are the words for a field, those that hold chosen.
func (v *visit) sayable(f archive.Field, p *hearth.Post) (list []choice) {
	switch f {
	case archive.LangField:
		for _, code := range v.web.commonLanguages(p.Lang) {
			list = append(list, choice{code, v.sayingOf(f, code), code == cmp.Or(p.Lang, archive.NoLanguage)})
		}
	case archive.SentimentField:
		for _, mood := range []hearth.Sentiment{hearth.Positive, hearth.Neutral, hearth.Negative} {
			list = append(list, choice{string(mood), v.name("sentiment", string(mood)), p.Sentiment == mood})
		}
	case archive.IntentField:
		for _, intent := range hearth.Intents {
			list = append(list, choice{string(intent), v.name("intent", string(intent)), slices.Contains(p.Intent, intent)})
		}
	case archive.SpamField:
		for _, is := range []hearth.Bool{hearth.False, hearth.True} {
			word := strconv.FormatBool(is == hearth.True)
			list = append(list, choice{word, v.name("spam", word), p.Spam == is})
		}
	}
	return list
}

// commonLanguages are languages to choose from, with the one that is there.
func (web *Web) commonLanguages(now string) []string {
	list := []string{"en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "uk", "ru", "tr", "ar", "he", "fa", "hi", "id", "vi", "th", "ja", "ko", "zh", archive.NoLanguage}
	if now != "" && !slices.Contains(list, now) {
		list = append([]string{now}, list...)
	}
	return list
}

// correctable are the fields for correcting many posts at once.
func (v *visit) correctable() (list []correction) {
	for _, f := range []archive.Field{archive.SentimentField, archive.SpamField, archive.LangField, archive.IntentField} {
		c := correction{Field: string(f), Title: v.say("correct.field." + string(f)), Choices: v.sayable(f, &hearth.Post{})}
		for i := range c.Choices {
			c.Choices[i].Chosen = false
		}
		if f == archive.IntentField {
			c.Choices = append(c.Choices, choice{archive.NoIntent, v.say("correct.nothing"), false})
		}
		c.Choices = append(c.Choices, choice{"machine", v.say("correct.machine"), false})
		list = append(list, c)
	}
	return list
}

// correctedWords words the corrections of a run.
func (v *visit) correctedWords(list []tag.Correction) (words []string) {
	for _, c := range list {
		value := v.say("correct.machine")
		if c.Value != "" {
			value = v.sayingOf(c.Field, c.Value)
		}
		words = append(words, v.say("correct.field."+string(c.Field))+": "+value)
	}
	return words
}
