package query

// String is the id, bare where that can be read back.
func (v IDValue) String() string {
	s := string(v)
	if s == "" || !isASCIIAlnum(s[0]) || isOperator(s) {
		return quote(s)
	}
	for i := 0; i < len(s); i++ {
		if !isASCIIAlnum(s[i]) && !oneOf(rune(s[i]), "_.:/@#+=&%,;-") {
			return quote(s)
		}
	}
	return s
}

func (v IDValue) words(*phrasebook) string { return v.String() }
func (v IDValue) cost() int                { return 1 }

func isASCIIAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
