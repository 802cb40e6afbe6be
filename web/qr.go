package web

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// qrPicture is a text as a QR code: the path of its dark squares, in a square of
// Size by Size with the quiet zone that scanners need.
type qrPicture struct {
	Size int
	Path string
}

// quietZone is the margin of a code, in squares (ISO/IEC 18004, 9.1).
const quietZone = 4

// newQR draws a code that survives the loss of 15 % of it. It fails on texts that
// are too long for one.
func newQR(text string) (qrPicture, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrPicture{}, fmt.Errorf("drawing a QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			if !code.Black(x, y) {
				continue
			}
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quietZone, y+quietZone, x-from, x-from)
		}
	}
	return qrPicture{code.Size + 2*quietZone, path.String()}, nil
}
