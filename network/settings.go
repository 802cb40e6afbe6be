package network

import (
	"slices"
	"sort"
	"strings"

	"hearth"
)

// Settings checks the settings given for some fields and fills in the
// defaults. The error is Invalid and names the field: a name that is none of
// the fields, a required one left out, a value that is not allowed.
func Settings(fields []Field, given map[string]string) (map[string]string, error) {
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name }) {
			return nil, settingError(name, "There is no setting "+name+"; there is "+fieldNames(fields)+".")
		}
	}
	all := make(map[string]string, len(fields))
	for _, f := range fields {
		value := strings.TrimSpace(given[f.Name])
		if value == "" {
			value = f.Default
		}
		if err := f.check(value); err != nil {
			return nil, err
		}
		all[f.Name] = value
	}
	return all, nil
}

func (f *Field) check(value string) error {
	if value == "" {
		if f.Required {
			return settingError(f.Name, f.Title+" is required.")
		}
		return nil
	}
	if len(f.Choices) > 0 && !slices.Contains(f.Choices, value) {
		return settingError(f.Name, f.Title+" must be one of "+strings.Join(f.Choices, ", ")+".")
	}
	if f.Check == nil {
		return nil
	}
	if err := f.Check(value); err != nil {
		return settingError(f.Name, f.Title+": "+Sentence(err))
	}
	return nil
}

func settingError(field, message string) error {
	return &hearth.Error{Code: hearth.Invalid, Field: field, Message: message}
}

func fieldNames(fields []Field) string {
	if len(fields) == 0 {
		return "none here"
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}
