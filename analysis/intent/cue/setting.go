package cue

import (
	"encoding/binary"
	"math"

	"hearth"
	"hearth/analysis/feature"
)

// The outputs of the head.
const (
	Complaint = iota
	Praise
	Suggestion
	Purchase
	Outputs
)

// Setting says from which score on each output counts in one language; never for
// Never, as in languages that the output was not trained on.
type Setting struct {
	Lang string
	Hash uint64 // feature.LangHash(Lang)
	From [Outputs]float64
}

// Never is a score that nothing reaches.
const Never = 1e6

const settingSize = 3 + 8*Outputs

// AppendSettings adds the settings' file: their number (uint32, little endian),
// then for each the language in three bytes, padded by spaces, and the scores
// (float64).
func AppendSettings(data []byte, settings []Setting) []byte {
	data = binary.LittleEndian.AppendUint32(data, uint32(len(settings)))
	for _, s := range settings {
		data = append(data, (s.Lang + "   ")[:3]...)
		for _, f := range s.From {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(f))
		}
	}
	return data
}

// ReadSettings reads the settings' file.
func ReadSettings(data []byte) ([]Setting, error) {
	if len(data) < 4 || len(data) != 4+settingSize*int(binary.LittleEndian.Uint32(data)) {
		return nil, hearth.Errorf(hearth.Damaged, "the built-in intent model is damaged; build or download the program again")
	}
	var settings []Setting
	for data = data[4:]; len(data) > 0; data = data[settingSize:] {
		s := Setting{Lang: string(data[:3])}
		if s.Lang[2] == ' ' {
			s.Lang = s.Lang[:2]
		}
		s.Hash = feature.LangHash(s.Lang)
		for i := range s.From {
			s.From[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[3+8*i:]))
		}
		settings = append(settings, s)
	}
	return settings, nil
}
