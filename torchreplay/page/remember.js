// Results that are kept until something that they depend on changes.

// A function that makes its result anew only if one of its arguments, the key, is another than before.
export function remember(make) {
  let [key, result] = [];
  return (...given) => {
    if (!key || given.some((one, k) => one !== key[k])) [key, result] = [given, make(...given)];
    return result;
  };
}
