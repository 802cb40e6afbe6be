package web

import (
	"encoding/json"
	"net/url"
	"strings"

	"hearth"
	"hearth/manual/reference"
)

// referencePage is the description of the API for people: all groups, or one
// with its operations.
type referencePage struct {
	Groups []referenceGroup
	Group  string
	Routes []referenceRoute // of the group
}

// referenceGroup is a group in the list.
type referenceGroup struct {
	reference.Group
	Here bool
}

// referenceRoute is an operation, ready to be tried.
type referenceRoute struct {
	reference.Operation
	Writes bool
	Curl   string
	Lasts  bool // a stream, or a body that is no JSON: for programs only
}

// readReference reads the description, once.
func (web *Web) readReference() ([]reference.Group, error) {
	description, err := web.o.Description()
	if err != nil {
		return nil, err
	}
	return reference.Read(description)
}

// referenceIndex lists all routes.
func (web *Web) referenceIndex(v *visit) error {
	groups, err := web.reference()
	if err != nil {
		return err
	}
	p := &referencePage{}
	for _, g := range groups {
		p.Groups = append(p.Groups, referenceGroup{g, false})
	}
	return v.show("reference", v.say("api.title"), p)
}

// referenceGroup shows the operations of a group.
func (web *Web) referenceGroup(v *visit) error {
	groups, err := web.reference()
	if err != nil {
		return err
	}
	p := &referencePage{Group: v.r.PathValue("group")}
	found := false
	for _, g := range groups {
		here := g.Name == p.Group
		p.Groups = append(p.Groups, referenceGroup{g, here})
		if !here {
			continue
		}
		found = true
		for _, o := range g.Operations {
			p.Routes = append(p.Routes, referenceRoute{
				Operation: o, Writes: o.Method != "GET" && o.Policy.Rate != "heavy", Curl: curl(&o),
				Lasts: o.Policy.Rate == "stream" || o.Takes != nil && o.Takes.Example == "",
			})
		}
	}
	if !found {
		return hearth.Errorf(hearth.NotFound, "The programming interface has no such group. All of them stand in the list.")
	}
	return v.show("reference", p.Group+" · "+v.say("api.title"), p)
}

// curl is the operation as a line for a shell, with what has to be filled in.
func curl(o *reference.Operation) string {
	address := "$HEARTH" + o.Path
	var asked []string
	for _, f := range o.InQuery {
		if f.Required {
			asked = append(asked, url.QueryEscape(f.Name)+"=…")
		}
	}
	if len(asked) > 0 {
		address += "?" + strings.Join(asked, "&")
	}
	line := "curl"
	if o.Method != "GET" {
		line += " -X " + o.Method
	}
	if o.Policy.Credentials != "stranger" {
		line += ` -H "Authorization: Bearer $KEY"`
	}
	switch {
	case o.Takes == nil:
	case o.Takes.Example != "":
		line += ` -H 'Content-Type: application/json' -d '` + strings.ReplaceAll(oneLine(o.Takes.Example), "'", `'\''`) + `'`
	default:
		line += ` --data-binary @FILE`
	}
	return line + ` "` + address + `"`
}

// oneLine is JSON without its line ends.
func oneLine(text string) string {
	var v json.RawMessage
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	b, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(b)
}
