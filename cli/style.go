package cli

// style paints text, or leaves it alone where nobody wants colour. The colours
// are the terminal's own sixteen, so they fit light and dark themes alike.
type style struct{ on bool }

func (s style) paint(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string   { return s.paint("1", text) }
func (s style) faint(text string) string  { return s.paint("2", text) }
func (s style) hit(text string) string    { return s.paint("1;33", text) }
func (s style) good(text string) string   { return s.paint("36", text) }
func (s style) warn(text string) string   { return s.paint("33", text) }
func (s style) bad(text string) string    { return s.paint("31", text) }
func (s style) author(text string) string { return s.paint("1;34", text) }
