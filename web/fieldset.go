package web

import (
	"errors"
	"net/url"

	"hearth"
	"hearth/access"
)

// fieldset is a form as a page shows it: the part "fieldset".
type fieldset struct {
	ID     string // of the form, for links to it; "": none
	Action string
	Hidden []doorField // Name and Value
	Fields []input
	Why    string // what is wrong with no single field
	Submit string
	Icon   string // of the button; "": none
	Cancel string // address; "": there is none
	Danger bool   // the button takes something away
}

// input is a field of a form.
type input struct {
	Name, Label, Value string
	Help               string   // what it is for
	Type               string   // of input; "": text
	Complete           string   // what the browser knows it by
	Choices            []choice // to choose one from
	Offers             []string // what may be meant, of a text
	Several            []choice // to choose any number from; Help of each is its Label
	Required           bool
	Max                int // characters; 0: 1000
	Lines              int // of a text of several lines; 0: it has one
	Why                string
}

// secretField says whether a field is never sent back.
func secretField(name string) bool {
	return name == "password" || name == "old" || name == "code" || name == "secret"
}

// refused puts what is wrong with an answer to its field, and keeps what was
// typed. False: the error is none that a form can show.
func (f *fieldset) refused(err error, typed url.Values) (status int, shown bool) {
	if asked := (*access.Asked)(nil); errors.As(err, &asked) {
		return 0, false
	}
	status, known := statuses[hearth.ErrorCode(err)]
	if !known || errors.Is(err, access.ErrProve) || errors.Is(err, access.ErrSignedOut) || hearth.ErrorCode(err) == hearth.NotFound {
		return 0, false
	}
	f.typed(typed)
	field, why := faultOf(err)
	for i := range f.Fields {
		if in := &f.Fields[i]; in.Name == field {
			in.Why, why = why, ""
		}
	}
	f.Why = why
	return status, true
}

// typed puts back what somebody had typed; nil: nothing was.
func (f *fieldset) typed(typed url.Values) {
	if typed == nil {
		return
	}
	for i := range f.Fields {
		in := &f.Fields[i]
		if given, ok := typed[in.Name]; ok && !secretField(in.Name) {
			in.Value = given[0]
			for k := range in.Choices {
				in.Choices[k].Chosen = in.Choices[k].Value == in.Value
			}
		}
		for k := range in.Several {
			in.Several[k].Chosen = false
			for _, given := range typed[in.Name] {
				in.Several[k].Chosen = in.Several[k].Chosen || given == in.Several[k].Value
			}
		}
	}
}
