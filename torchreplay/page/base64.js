// Bytes that are encoded as base64. Some browsers read it only character by character.

export const bytesOf = (text) => Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
