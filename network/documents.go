package network

import (
	"strconv"
	"strings"

	"hearth"
	"hearth/jsonread"
)

// Documents reads JSON objects as posts: post documents (section 1 of the query
// language) or, with a mapping, any objects whose members become fields. One
// goroutine at a time.
type Documents struct {
	m    *Mapping
	form Form

	r       jsonread.Reader
	post    *hearth.Post
	hasText bool
	err     error
}

// Form is how much objects must be like post documents.
type Form uint8

const (
	Exact   Form = iota // post documents with network and id
	Lenient             // post documents; the network is the setting's, and the id made of the object, where they are missing
	Mapped              // any objects: their members become fields by the setting map
)

// NewDocuments is made of the settings of MappingFields.
func NewDocuments(settings map[string]string, form Form) (*Documents, error) {
	m, err := NewMapping(settings)
	if err != nil {
		return nil, err
	}
	return &Documents{m: m, form: form}, nil
}

// Read reads one object; complete (which may be nil) fills in what it leaves
// out before the form's own rules do. The error is Invalid and says what is
// wrong with it; whether a mapped post is within the limits is for the caller to
// check. The post's strings share the memory of text.
func (d *Documents) Read(text string, p *hearth.Post, complete func(*hearth.Post)) error {
	if complete == nil {
		complete = func(*hearth.Post) {}
	}
	switch d.form {
	case Exact:
		err := hearth.DecodePostWith(text, p, complete)
		if err != nil && !strings.Contains(text, `"network"`) {
			return hearth.Errorf(hearth.Invalid, "%s If these are posts in another form, name their network and map their fields with the settings network and map.", Sentence(err))
		}
		return err
	case Lenient:
		return hearth.DecodePostWith(text, p, func(p *hearth.Post) {
			complete(p)
			d.m.Finish(p, text)
		})
	}
	if err := d.readMembers(text, p); err != nil {
		return err
	}
	if !d.hasText {
		return hearth.Errorf(hearth.Invalid, "Nothing in the record becomes the text of a post; name it with the setting map, like text=body.")
	}
	complete(p)
	d.m.Finish(p, text)
	return nil
}

// ReadKey reads what of an object names a post that is gone: network, id and
// author, by the names that Read takes.
func (d *Documents) ReadKey(text string, p *hearth.Post) error {
	var whole hearth.Post
	if err := d.readMembers(text, &whole); err != nil {
		return err
	}
	*p = hearth.Post{Network: whole.Network, ID: whole.ID, Author: hearth.Author{ID: whole.Author.ID}}
	if p.Network == "" {
		p.Network = d.m.network
	}
	return nil
}

// readMembers reads an object whose members become fields. The name of a member
// inside another object is both with a dot between.
func (d *Documents) readMembers(text string, p *hearth.Post) error {
	*p = hearth.Post{}
	d.post, d.hasText, d.err = p, false, nil
	d.r.Reset(text)
	if kind := d.r.Kind(); kind != jsonread.Object {
		return hearth.Errorf(hearth.Invalid, "The record is %s and not an object.", kind)
	}
	d.members("")
	if err := d.r.End(); err != nil {
		return hearth.Errorf(hearth.Invalid, "%s", Sentence(err))
	}
	return d.err
}

func (d *Documents) members(prefix string) {
	d.r.Object()
	for d.r.Next() {
		name := prefix + d.r.Key()
		if d.r.Kind() == jsonread.Object {
			d.members(name + ".")
			continue
		}
		field := d.m.Field(name)
		if field == "" {
			continue
		}
		d.hasText = d.hasText || field == "text"
		if err := d.m.Set(d.post, field, d.value()); err != nil && d.err == nil {
			d.err = err
		}
	}
}

// value is a value as the text that a column would have.
func (d *Documents) value() string {
	switch d.r.Kind() {
	case jsonread.String:
		return d.r.Text()
	case jsonread.Number:
		return d.r.Literal()
	case jsonread.Bool:
		return strconv.FormatBool(d.r.Bool())
	case jsonread.Array:
		return d.r.Raw()
	}
	return ""
}
