package text

import (
	"strings"
	"testing"
)

// BenchmarkHostile reads 2 MB and 8 MB of text made to be slow: the time a
// byte takes must not grow with the length.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{
		"marks":     "\u0301",
		"ellipses":  "…",
		"zalgo":     "a\u0300\u0316\u0301\u0317",
		"emoji":     "👨\u200d👩🏽\u200d",
		"signs":     "#a@b$c",
		"mentions":  "@a.b-",
		"dots":      ".",
		"hangul":    "\u1100\u1161\u11a8",
		"one word":  "a",
		"not UTF-8": "\xff\xe2",
		"sara am":   "ำ",
		"joiners":   "\u200d",
		"ligatures": "ﷺ",
	} {
		for _, size := range []int{2 << 20, 8 << 20} {
			s := strings.Repeat(unit, size/len(unit))
			b.Run(name+map[bool]string{true: "/2MB", false: "/8MB"}[size == 2<<20], func(b *testing.B) {
				b.SetBytes(int64(len(s)))
				var d Doc
				for b.Loop() {
					d.Reset()
					d.Add(Text, s)
				}
			})
		}
	}
}
