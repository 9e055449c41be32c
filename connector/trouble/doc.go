// Package trouble holds what is wrong with records and their values: notes,
// rejections with their codes, and the account that tells and counts them. It is
// a leaf: whoever reads or writes records may use it.
package trouble
