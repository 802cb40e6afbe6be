package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"

	"hearth/translation"
)

//go:embed locale/*.json
var catalogs embed.FS

// Languages are those that the pages speak, the first one where nothing else is
// asked for.
var languages = [...]string{"en", "de", "fi", "zh"}

// words says everything in one language. It is safe for concurrent use.
type words struct {
	lang      string
	localizer *i18n.Localizer
	numbers   *message.Printer
	names     display.Namer // of languages
	known     map[string]bool
	plain     map[string]string     // messages without plural or place to fill
	sentences *translation.Language // of verbs and networks; nil: they are in the language already
}

// readWords reads all catalogs: locale/NAME.LANG.json, where a message is a text
// or its plural forms.
func readWords() (map[string]*words, error) {
	bundle := i18n.NewBundle(language.English)
	readers := map[string]i18n.UnmarshalFunc{"json": json.Unmarshal}
	entries, err := catalogs.ReadDir("locale")
	if err != nil {
		return nil, err
	}
	sentences, err := translation.Read()
	if err != nil {
		return nil, err
	}
	all := map[string]*words{}
	for _, lang := range languages {
		tag := language.MustParse(lang)
		all[lang] = &words{
			lang: lang, numbers: message.NewPrinter(tag), names: display.Languages(tag),
			known: map[string]bool{}, plain: map[string]string{}, sentences: sentences[lang],
		}
	}
	for _, e := range entries {
		name := path.Join("locale", e.Name())
		text, err := catalogs.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := i18n.ParseMessageFileBytes(text, name, readers)
		if err != nil {
			return nil, fmt.Errorf("reading the catalog %s: %w", e.Name(), err)
		}
		w := all[file.Tag.String()]
		if w == nil {
			return nil, fmt.Errorf("the catalog %s is in no language of the pages", e.Name())
		}
		for _, m := range file.Messages {
			if w.known[m.ID] {
				return nil, fmt.Errorf("the catalog %s repeats %s", e.Name(), m.ID)
			}
			w.known[m.ID] = true
			if m.One == "" && m.Few == "" && m.Many == "" && !strings.Contains(m.Other, "{{") {
				w.plain[m.ID] = m.Other // a template of it would take some kilobytes
				continue
			}
			if err := bundle.AddMessages(file.Tag, m); err != nil {
				return nil, fmt.Errorf("reading the catalog %s: %w", e.Name(), err)
			}
		}
	}
	for _, lang := range languages {
		all[lang].localizer = i18n.NewLocalizer(bundle, lang)
	}
	return all, nil
}

// say is the message of a key. What fills its places comes in pairs of name and
// value; whole numbers are written as the language does, and the one called n
// chooses the plural form. A key that is not there is shown as it is.
func (w *words) say(key string, pairs ...any) string {
	if s, ok := w.plain[key]; ok {
		return s
	}
	config := i18n.LocalizeConfig{MessageID: key}
	data := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name := fmt.Sprint(pairs[i])
		if n, ok := whole(pairs[i+1]); ok {
			data[name] = w.number(n)
			if name == "n" {
				config.PluralCount = n
			}
			continue
		}
		data[name] = fmt.Sprint(pairs[i+1])
	}
	config.TemplateData = data
	s, err := w.localizer.Localize(&config)
	if err != nil && s == "" {
		return key
	}
	return s
}

// ours is a sentence of a verb, of a network or out of the stores, in the language.
func (w *words) ours(sentence string) string { return w.sentences.Say(sentence) }

// name is the word for a value of a closed set (sentiment.negative); a value
// that the catalogs do not know is shown itself, made visible.
func (w *words) name(set, value string) string {
	if key := set + "." + value; w.known[key] {
		return w.say(key)
	}
	return shorten(40, value)
}

// language is the name of a language for people.
func (w *words) language(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return shorten(12, tag)
	}
	if name := w.names.Name(t); name != "" {
		return name
	}
	return tag
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	}
	return 0, false
}

// number writes a whole number with the language's signs between thousands.
func (w *words) number(n int64) string { return w.numbers.Sprintf("%d", n) }

// decimal writes a number with so many digits behind the point.
func (w *words) decimal(v float64, digits int) string {
	return strings.Replace(w.numbers.Sprintf(fmt.Sprintf("%%.%df", digits), v), "-", "−", 1)
}

// percent writes a share of one in percent.
func (w *words) percent(share float64) string {
	if w.lang == "en" || w.lang == "zh" {
		return w.decimal(100*share, 0) + "%"
	}
	return w.decimal(100*share, 0) + "\u00a0%"
}

// chosen is the language of the pages that suits a wish (a setting, or an
// Accept-Language header).
func chosen(wishes ...string) string {
	supported := make([]language.Tag, len(languages))
	for i, lang := range languages {
		supported[i] = language.MustParse(lang)
	}
	matcher := language.NewMatcher(supported)
	for _, wish := range wishes {
		if wish == "" || len(wish) > 200 {
			continue
		}
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil {
			continue
		}
		if _, i, confidence := matcher.Match(tags...); confidence > language.No {
			return languages[i]
		}
	}
	return languages[0]
}
