package query

import (
	"reflect"
	"strings"
	"testing"
)

// TestEveryPhraseIsThereInEveryLanguage: no phrase is empty, every field has words
// of its own, and formats take what they are filled with.
func TestEveryPhraseIsThereInEveryLanguage(t *testing.T) {
	t.Parallel()
	model := reflect.ValueOf(english).Elem()
	for _, lang := range []string{"en", "de", "fi", "zh"} {
		b := phrases(lang)
		if lang != "en" && b == english {
			t.Fatalf("there is no %s", lang)
		}
		var same func(name string, v, of reflect.Value)
		same = func(name string, v, of reflect.Value) {
			switch v.Kind() {
			case reflect.String:
				if v.Len() == 0 && name != "thousands" || strings.Count(v.String(), "%s") != strings.Count(of.String(), "%s") {
					t.Errorf("%s: %s is %q", lang, name, v.String())
				}
			case reflect.Array:
				for i := range v.Len() {
					same(name, v.Index(i), of.Index(i))
				}
			case reflect.Struct:
				for i := range v.NumField() {
					same(name+"."+v.Type().Field(i).Name, v.Field(i), of.Field(i))
				}
			}
		}
		book := reflect.ValueOf(b).Elem()
		for i := range book.NumField() {
			same(book.Type().Field(i).Name, book.Field(i), model.Field(i))
		}
		for _, f := range fields {
			switch f.name {
			case fieldTitle, fieldText, fieldAlt, fieldRaw:
				continue
			}
			called, named := b.fields[f.name]
			if called.one != "" && (called.after == "" || f.kind != CountType) {
				t.Errorf("%s: one %q of %s", lang, called.one, f.name)
			}
			values := f.words
			if f.kind == BoolType {
				values = []string{"true", "false"}
			}
			phrases := b.values[f.name]
			if len(phrases) > 0 == named || named && called.before+called.after == "" {
				t.Errorf("%s: %s has phrases for %d values, and is called %+v", lang, f.name, len(phrases), called)
			}
			for _, v := range values {
				if phrases[v] == "" && (len(phrases) > 0 || lang != "en") {
					t.Errorf("%s: %s:%s has no phrase", lang, f.name, v)
				}
			}
		}
	}
}
